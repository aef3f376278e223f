'use strict';

// What every server and every device here says and hears: lines of JSON.
//
//   in   {"id": 1, "do": "read", "path": "/3200/0/5750"}
//   out  {"id": 1, "code": "2.05", "payload": "abcd"}
//   out  {"event": "registered", "endpoint": "…", "lifetime": 3000, "objects": "</3200/0>"}
//
// It ends when its stdin does.

const readline = require('readline');

function say(message) {
    process.stdout.write(JSON.stringify(message) + '\n');
}

// `operations[what](request, answer)` for each line that came; `answer(message)` says it.
function listen(port, operations) {
    readline
        .createInterface({ input: process.stdin })
        .on('line', (line) => {
            const request = JSON.parse(line);
            operations[request.do](request, (message) => say({ id: request.id, ...message }));
        })
        .on('close', () => process.exit(0));
    say({ event: 'listening', port });
}

module.exports = { listen, say };
