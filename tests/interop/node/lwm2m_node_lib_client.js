'use strict';

// lwm2m-node-lib as the device, in a process of its own; lines.js says how it is spoken to.
//
// It answers for resources, as text; an instance is nothing to it but a list for Discover.

require('./loopback');
const { listen, say } = require('./lines');
const { client } = require('lwm2m-node-lib');

const NO_PORT = 0; // it opens one for each request of its own, and listens there from then on

const LOG_LEVEL = 'FATAL'; // it would log to stdout

const config = {
    lifetime: '',
    version: '1.0',
    ipProtocol: 'udp4',
    serverProtocol: 'udp4',
    logLevel: LOG_LEVEL
};

let session = null; // what the library returned for the registration

function told(event) {
    return (object, instance, resource, payload, done) => {
        say({ event, path: `/${object}/${instance}/${resource}`, payload });
        done();
    };
}

function taken(answer) {
    return (error, now) => {
        if (!error) {
            session = now;
            client.setHandler(session.serverInfo, 'write', told('written'));
            client.setHandler(session.serverInfo, 'execute', told('executed'));
        }
        answer({ code: error ? error.code : '2.xx', payload: error ? error.message : `/${session.location}` });
    };
}

function set(path, value, done) {
    const [, object, instance, resource] = path.split('/');
    client.registry.setResource(`/${object}/${instance}`, resource, value, done);
}

function created(instances, done) {
    const [first, ...others] = instances;
    return first ? client.registry.create(first, () => created(others, done)) : done();
}

function filled(values, done) {
    const [first, ...others] = values;
    return first ? set(...first, () => filled(others, done)) : done();
}

listen(NO_PORT, {
    register: ({ port, endpoint, lifetime, instances, values }, answer) => {
        config.lifetime = lifetime;
        client.init({ logLevel: LOG_LEVEL, client: config });
        created(instances, () =>
            filled(Object.entries(values), () =>
                client.register('127.0.0.1', port, null, endpoint, taken(answer))
            )
        );
    },
    update: ({ lifetime }, answer) => {
        config.lifetime = lifetime;
        client.update(session, taken(answer));
    },
    deregister: (request, answer) =>
        client.unregister(session, (error) => answer({ code: error ? error.code : '2.xx', payload: '' })),
    report: ({ path, value }, answer) => set(path, value, () => answer({}))
});
