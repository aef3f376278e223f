'use strict';

// coap-node as the device, in a process of its own; lines.js says how it is spoken to.
//
// It speaks TLV where nobody asks for anything else. A POST with a Content-Format is a Create to it,
// whatever its path.

require('./loopback');
const { listen, say } = require('./lines');

// Otherwise it looks for the machine's networks with programs of the shell.
process.env.npm_lifecycle_event = 'test';

const CoapNode = require('coap-node');
const SmartObject = require('smartobject');

const NO_PORT = 0; // it opens one for each request of its own, and listens there from then on

let node = null;
const reported = {}; // by path: what the device itself has measured last

function resource(path, value) {
    const keep = (text) => {
        if (text !== reported[path]) {
            say({ event: 'written', path, payload: text });
        }
        value = text;
    };
    return {
        read: (done) => done(null, value),
        write: (text, done) => {
            keep(text);
            done(null, text);
        }
    };
}

function executable(path) {
    const exec = (...all) => {
        const done = all.pop();
        say({ event: 'executed', path, payload: all.join() });
        done(null, '');
    };
    return { exec };
}

function objects({ instances, values, executables }) {
    const all = new SmartObject();
    const resources = {
        ...Object.fromEntries(Object.entries(values).map(([path, value]) => [path, resource(path, value)])),
        ...Object.fromEntries(executables.map((path) => [path, executable(path)]))
    };
    for (const instance of instances) {
        const [, object, number] = instance.split('/');
        const own = Object.entries(resources).filter(([path]) => path.startsWith(`${instance}/`));
        all.init(object, Number(number), Object.fromEntries(own.map(([path, each]) => [path.split('/')[3], each])));
    }
    return all;
}

function answered(answer) {
    return (error, message) =>
        answer(
            error
                ? { code: '', payload: error.message }
                : { code: message.status, payload: node.locationPath }
        );
}

listen(NO_PORT, {
    register: (request, answer) => {
        node = new CoapNode(request.endpoint, objects(request), { lifetime: request.lifetime });
        node.register('127.0.0.1', request.port, answered(answer));
    },
    bootstrap: (request, answer) => {
        node = new CoapNode(request.endpoint, objects(request), { lifetime: request.lifetime });
        node.bootstrap('127.0.0.1', request.port, answered(answer));
    },
    update: ({ lifetime }, answer) => node.update({ lifetime }, answered(answer)),
    deregister: (request, answer) => node.deregister(answered(answer)),
    report: ({ path, value }, answer) => {
        const [, object, instance, number] = path.split('/');
        reported[path] = value;
        node.getSmartObject().write(object, Number(instance), number, value, () => answer({}));
    }
});
