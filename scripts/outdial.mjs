#!/usr/bin/env node
// The program of the package that `npm run package` makes: the server, and the command line.
const [first, second] = process.argv.slice(2);

/** Commands that work on the data of this machine, past a running server. */
const ON_THE_SERVER = {
  doctor: 'commands/doctor.js',
  'reset-password': 'commands/reset-password.js',
  'rotate-secrets': 'commands/rotate-secrets.js',
  'verify-audit': 'commands/verify-audit.js',
};

const OVERVIEW = `Usage: outdial                    starts the server: address, data and telephony come from the environment (.env.example)
       outdial server COMMAND     ${Object.keys(ON_THE_SERVER).join(', ')}: on the data of this machine
       outdial COMMAND            a client of a running server:

`;

function fromServer(file, words) {
  process.argv.splice(2, words);
  return import(new URL(`./${file}`, import.meta.resolve('@outdial/server')));
}

if (first === undefined || first === 'start') {
  await fromServer('main.js', 1);
} else if (first === 'server') {
  const file = ON_THE_SERVER[second];
  if (file === undefined) {
    process.stderr.write(OVERVIEW);
    process.exit(2);
  }
  await fromServer(file, 2);
} else {
  if (['help', '--help'].includes(first) && second === undefined) process.stdout.write(OVERVIEW);
  await import('@outdial/cli');
}
