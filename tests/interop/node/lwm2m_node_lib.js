'use strict';

// An LwM2M server in a process of its own, told what to do by lines of JSON.
//
//   in   {"id": 1, "do": "read", "path": ["3200", "0", "5750"]}
//   out  {"id": 1, "code": "2.05", "payload": "abcd"}
//   out  {"event": "registered", "endpoint": "…", "lifetime": 3000, "objects": "</3200/0>"}
//
// It ends when its stdin does. It serves one device: the one that registered last.

const dgram = require('dgram');
const readline = require('readline');

const LOOPBACK = '127.0.0.1';

// A socket that is not bound to an address would listen to every network of this machine.
const bind = dgram.Socket.prototype.bind;
dgram.Socket.prototype.bind = function (options, ...rest) {
    return bind.call(this, { ...options, address: LOOPBACK }, ...rest);
};

const { server } = require('lwm2m-node-lib');

const config = {
    lifetimeCheckInterval: 1000,
    udpWindow: 100,
    defaultType: 'Device',
    logLevel: 'FATAL',
    ipProtocol: 'udp4',
    serverProtocol: 'udp4',
    writeFormat: 'text/plain',
    defaultAcceptFormat: 'text/plain'
};

let endpoint = null;

function say(message) {
    process.stdout.write(JSON.stringify(message) + '\n');
}

function notified(value, object, instance, resource) {
    say({ event: 'notified', path: `/${object}/${instance}/${resource}`, payload: value });
}

// What can be asked for: the code that the library takes for success (it keeps it to itself), and
// the call.
const OPERATIONS = {
    discover: ['2.05', (device, request, done) => server.discover(device, ...request.path, done)],
    read: ['2.05', (device, request, done) => server.read(device, ...request.path, done)],
    observe: ['2.05', (device, request, done) => server.observe(device, ...request.path, notified, done)],
    write: ['2.04', (device, request, done) => server.write(device, ...request.path, request.value, done)],
    execute: ['2.04', (device, request, done) => server.execute(device, ...request.path, request.value, done)],
    attributes: [
        '2.04',
        (device, request, done) => server.writeAttributes(device, ...request.path, request.attributes, done)
    ]
};

function carryOut(request) {
    const [code, call] = OPERATIONS[request.do];
    const done = (error, payload) => {
        const answer = error ? { code: error.code, payload: error.message } : { code, payload };
        say({ id: request.id, ...answer });
    };
    server.getDevice(endpoint, (error, device) => (error ? done(error) : call(device.id, request, done)));
}

function list(request) {
    server.listDevices((error, devices) => say({ id: request.id, list: devices.map((each) => each.name) }));
}

function handle(info) {
    server.setHandler(info, 'registration', (name, lifetime, version, binding, objects, done) => {
        endpoint = name;
        say({ event: 'registered', endpoint: name, lifetime: Number(lifetime), objects });
        done();
    });
    server.setHandler(info, 'updateRegistration', (device, objects, done) => {
        say({ event: 'updated', endpoint: device.name, lifetime: Number(device.lifetime), objects });
        done();
    });
    const gone = (device, done) => {
        say({ event: 'gone', endpoint: device.name });
        done();
    };
    server.setHandler(info, 'unregistration', gone);
    // Setting that handler has begun to check all lifetimes a thousand times a second.
    server.getRegistry().checkLifetime(config.lifetimeCheckInterval, gone);
}

function listen() {
    readline
        .createInterface({ input: process.stdin })
        .on('line', (line) => {
            const request = JSON.parse(line);
            (request.do === 'list' ? list : carryOut)(request);
        })
        .on('close', () => process.exit(0));
}

// A socket in the place of the port: bound here to a free port, which the library learns when it
// has begun to listen. It sends its requests to that port of its own.
const socket = dgram.createSocket('udp4');
socket.bind({ port: 0 }, () => {
    config.port = socket;
    server.start(config, (error, info) => {
        if (error) {
            throw error;
        }
        config.port = socket.address().port;
        handle(info);
        listen();
        say({ event: 'listening', port: config.port });
    });
});
