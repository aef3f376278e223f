'use strict';

// lwm2m-node-lib as the server, in a process of its own; lines.js says how it is spoken to.

const { started } = require('./loopback');
const { listen, say } = require('./lines');
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

let endpoint = null; // of the device that registered last

function notified(value, object, instance, resource) {
    say({ event: 'notified', path: `/${object}/${instance}/${resource}`, payload: value });
}

// What can be asked for: the code that the library takes for success (it keeps it to itself), and
// the call.
const CALLS = {
    discover: ['2.05', (device, path, request, done) => server.discover(device, ...path, done)],
    read: ['2.05', (device, path, request, done) => server.read(device, ...path, done)],
    observe: ['2.05', (device, path, request, done) => server.observe(device, ...path, notified, done)],
    cancel: ['2.05', (device, path, request, done) => server.cancelObserver(device, ...path, done)],
    write: ['2.04', (device, path, request, done) => server.write(device, ...path, request.value, done)],
    execute: ['2.04', (device, path, request, done) => server.execute(device, ...path, request.value, done)],
    attributes: [
        '2.04',
        (device, path, request, done) => server.writeAttributes(device, ...path, request.attributes, done)
    ]
};

function asked([code, call]) {
    return (request, answer) => {
        const done = (error, payload) =>
            answer(error ? { code: error.code, payload: error.message } : { code, payload: payload ?? '' });
        const path = request.path.split('/').slice(1);
        server.getDevice(endpoint, (error, device) =>
            error ? done(error) : call(device.id, path, request, done)
        );
    };
}

const operations = {
    ...Object.fromEntries(Object.entries(CALLS).map(([name, call]) => [name, asked(call)])),
    list: (request, answer) =>
        server.listDevices((error, devices) => answer({ list: devices.map((each) => each.name) })),
    forget: (request, answer) =>
        server.getDevice(endpoint, (error, device) =>
            server.getRegistry().unregister(device.id, () => answer({}))
        )
};

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

started(server, config, (info) => {
    handle(info);
    listen(config.port, operations);
});
