// SPDX-License-Identifier: MIT
//
// work.js - a Node.js program as a language test: worker threads that each fill 64 MB and pass a
// result on through a file in /tmp.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');
const {Worker, isMainThread, workerData} = require('worker_threads');

const part = (folder, number) => path.join(folder, `part-${number}`);

function work({folder, number}) {
  const numbers = new Float64Array(8 * 1024 * 1024);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = (i * 2654435761 + number) % 1000003;
  }
  numbers.subarray(0, 500000).sort();
  const digest = crypto.createHash('sha256').update(Buffer.from(numbers.buffer)).digest('hex');
  fs.writeFileSync(part(folder, number), JSON.stringify({part: number, digest}));
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'work-'));
  if (!folder.startsWith('/tmp/')) {
    throw new Error(folder);
  }
  await Promise.all([0, 1, 2, 3].map((number) => new Promise((resolve, reject) => {
    const worker = new Worker(__filename, {workerData: {folder, number}});
    worker.on('error', reject);
    worker.on('exit', (status) => (status === 0 ? resolve() : reject(new Error(`${status}`))));
  })));
  let total = 0;
  for (let i = 0; i < 4; i++) {
    total += JSON.parse(fs.readFileSync(part(folder, i), 'utf8')).part;
  }
  fs.rmSync(folder, {recursive: true});
  console.log('total', total);
}

if (isMainThread) {
  main().catch((error) => {
    console.error(error);
    process.exit(1);
  });
} else {
  work(workerData);
}
