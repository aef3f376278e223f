'use strict';

// A socket that is not bound to an address would listen to every network of this machine.
//
// And every agent of node-coap begins at a random message id, a new agent for each request: one test
// in a thousand would meet an id twice, and a repeated id is no new request (RFC 7252 section 4.5).
// Multiples of the golden ratio are as well spread, and never the same.

const dgram = require('dgram');

const LOOPBACK = '127.0.0.1';
const GOLDEN = 0.6180339887498949;

let drawn = Math.random();
Math.random = () => (drawn = (drawn + GOLDEN) % 1);

const bind = dgram.Socket.prototype.bind;
dgram.Socket.prototype.bind = function (where, ...rest) {
    const options = typeof where === 'object' ? where : { port: where };
    const callbacks = rest.filter((each) => typeof each === 'function');
    return bind.call(this, { ...options, address: LOOPBACK }, ...callbacks);
};

// Passes on a socket that has a free port.
function bound(then) {
    const socket = dgram.createSocket('udp4');
    socket.bind({ port: 0 }, () => then(socket));
}

// Starts the server of lwm2m-node-lib. In the place of the port it takes a socket, and learns the
// port when it has begun to listen: it sends its requests to that port of its own.
function started(server, config, then) {
    bound((socket) => {
        config.port = socket;
        server.start(config, (error, info) => {
            if (error) {
                throw error;
            }
            config.port = socket.address().port;
            then(info);
        });
    });
}

module.exports = { bound, started };
