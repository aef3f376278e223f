'use strict';

// A socket that is not bound to an address would listen to every network of this machine.

const dgram = require('dgram');

const LOOPBACK = '127.0.0.1';

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

module.exports = { bound };
