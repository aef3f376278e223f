'use strict';

// coap-shepherd as the server, in a process of its own; lines.js says how it is spoken to.
//
// It tells values as it has decoded them: a resource as text, an instance as JSON by resource id.

const { bound } = require('./loopback');
const { listen, say } = require('./lines');

// Otherwise it looks for the machine's networks with programs of the shell.
process.env.npm_lifecycle_event = 'test';

// What it keeps, it keeps in memory: these are read when it is loaded.
const config = require('coap-shepherd/lib/config');
config.defaultDbFolder = __dirname;
config.defaultDbPath = null;

const shepherd = require('coap-shepherd');
const ids = require('lwm2m-id');

const TLV = 'application/tlv';
const JOIN_TIME = 3600; // seconds in which devices may register

let device = null; // the one that registered last
let forgotten = 0; // whose leaving is nobody's business
const watched = {}; // what is observed: its path in words -> in numbers

function number(object, resource) {
    const known = ids.getRid(object, resource);
    return known ? known.value : resource;
}

function text(path, value) {
    if (value === undefined || value === null || Buffer.isBuffer(value)) {
        return String(value ?? '');
    }
    if (typeof value !== 'object') {
        return String(value);
    }
    const object = path.split('/')[1];
    const values = Object.entries(value).map(([resource, each]) => [number(object, resource), each]);
    return JSON.stringify(Object.fromEntries(values));
}

function links(objects) {
    const instances = ([object, numbers]) => numbers.map((instance) => `</${object}/${instance}>`);
    return Object.entries(objects).flatMap(instances).join();
}

function state(event) {
    say({ event, endpoint: device.clientName, lifetime: device.lifetime, objects: links(device.objList) });
}

// An object that was not registered has no place in its books: asked for all the same.
function read(path) {
    if (path.split('/')[1] in device.objList) {
        return device.readReq(path);
    }
    const { ip: hostname, port } = device;
    const request = { hostname, port, method: 'GET', pathname: path, options: { Accept: TLV } };
    return shepherd.request(request).then((answer) => ({ status: answer.code, data: answer.payload }));
}

function observe(path) {
    return device.observeReq(path).then((answer) => {
        watched[device.observedList[device.observedList.length - 1]] = path;
        return answer;
    });
}

const CALLS = {
    discover: (request) =>
        device.discoverReq(request.path).then(({ status, data }) => ({
            status,
            data: [data.path, ...data.resrcList].map((path) => `<${path}>`).join()
        })),
    read: (request) => read(request.path),
    observe: (request) => observe(request.path),
    cancel: (request) => device.cancelObserveReq(request.path),
    write: (request) => device.writeReq(request.path, request.value),
    execute: (request) => device.executeReq(request.path, [request.value]),
    attributes: (request) => device.writeAttrsReq(request.path, request.attributes)
};

function asked(call) {
    return (request, answer) =>
        call(request).done(({ status, data }) => answer({ code: status, payload: text(request.path, data) }));
}

const operations = {
    ...Object.fromEntries(Object.entries(CALLS).map(([name, call]) => [name, asked(call)])),
    list: (request, answer) => answer({ list: shepherd.list().map((each) => each.clientName) }),
    forget: (request, answer) => {
        forgotten += 1;
        shepherd.remove(device.clientName).done(() => answer({}));
    }
};

const EVENTS = {
    devIncoming: ({ cnode }) => {
        device = cnode;
        state('registered');
    },
    devUpdate: () => state('updated'),
    devLeaving: ({ cnode }) => (forgotten ? (forgotten -= 1) : say({ event: 'gone', endpoint: cnode })),
    devNotify: ({ data }) => {
        const path = watched[data.path];
        say({ event: 'notified', path, payload: text(path, data.value) });
    }
};

shepherd.on('ind', (event) => EVENTS[event.type]?.(event));

// In the place of the port it takes a socket. It asks itself something first, at that port.
bound((socket) => {
    shepherd._net.port = socket;
    const started = shepherd.start();
    shepherd._net.port = socket.address().port;
    started.done(() => {
        shepherd.permitJoin(JOIN_TIME);
        listen(shepherd._net.port, operations);
    });
});
