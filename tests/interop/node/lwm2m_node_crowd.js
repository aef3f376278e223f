'use strict';

// lwm2m-node-lib as the server of many devices, in a process of its own. Each that registers is
// observed at /3200/0/5750. It says {"event": "listening", "port": …}, and when its stdin ends how
// many different reports it has got, from how many devices: {"reports": …, "devices": …}. A report
// begins with its number, as in `17 20.5`; what answers an Observe before there is one does not.

const { started } = require('./loopback');
const { say } = require('./lines');
const { server } = require('lwm2m-node-lib');

const config = {
    lifetimeCheckInterval: 60000,
    udpWindow: 100,
    defaultType: 'Device',
    logLevel: 'FATAL',
    ipProtocol: 'udp4',
    serverProtocol: 'udp4',
    defaultAcceptFormat: 'text/plain'
};

const REPORT = /^[0-9]+ /;

const reports = new Map(); // of each endpoint, the texts

function observe(endpoint) {
    const texts = reports.get(endpoint) ?? new Set();
    reports.set(endpoint, texts);
    const heard = (text) => REPORT.test(text) && texts.add(text);
    // The library takes the first piece that is not empty for the answer, be it a notification.
    const first = (error, text) => error || heard(text);
    server.getDevice(endpoint, (error, device) => {
        if (!error) {
            server.observe(device.id, 3200, 0, 5750, heard, first);
        }
    });
}

function told() {
    const counts = [...reports.values()].map((texts) => texts.size).filter((size) => size > 0);
    return { reports: counts.reduce((sum, size) => sum + size, 0), devices: counts.length };
}

function handle(info) {
    server.setHandler(info, 'registration', (endpoint, lifetime, version, binding, objects, done) => {
        done();
        setImmediate(observe, endpoint);
    });
    const gone = (device, done) => done();
    server.setHandler(info, 'updateRegistration', (device, objects, done) => done());
    server.setHandler(info, 'unregistration', gone);
    // As in lwm2m_node_lib.js: setting that handler has begun to check all lifetimes all the time.
    server.getRegistry().checkLifetime(config.lifetimeCheckInterval, gone);
}

started(server, config, (info) => {
    handle(info);
    process.stdin.on('end', () => process.stdout.write(JSON.stringify(told()) + '\n', () => process.exit(0)));
    process.stdin.resume();
    say({ event: 'listening', port: config.port });
});
