import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.js';
import { UsageError } from './exit-codes.js';
import { helpOf, overview } from './help.js';
import { parse } from './parse.js';

const read = (line: string) => parse(COMMANDS, line.split(' ').filter(Boolean));

describe('a command line', () => {
  it('a command line names its command by the first words, with options before, between and behind them', () => {
    for (const line of [
      'leads show abc --json --url http://here:1',
      '--json leads --url http://here:1 show abc',
    ]) {
      const { command, given, global } = read(line);
      expect(command?.words).toBe('leads show');
      expect(given).toEqual(['abc']);
      expect(global).toMatchObject({ json: true, url: 'http://here:1', help: false });
    }
  });

  it('a command line is refused where it has an unknown option, an option of another command, too many or too few arguments', () => {
    for (const line of [
      'leads list --colour red',
      'leads list --preview',
      'leads show',
      'leads show a b',
      'leads list --limit',
      'leads',
      'lead list',
    ]) {
      expect(() => read(line), line).toThrow(UsageError);
    }
  });

  it('a command line names the commands that begin alike when it has none', () => {
    expect(() => read('queues remove')).toThrow(/queues list, queues show/);
  });

  it('a command line asks for help without the arguments that the command needs', () => {
    expect(read('leads show --help').command?.words).toBe('leads show');
    expect(read('help leads show')).toMatchObject({ command: null, given: ['leads', 'show'] });
    expect(read('').command).toBeNull();
  });
});

describe('the help', () => {
  it('the help lists every command, and every option of a command', () => {
    const all = overview(COMMANDS);
    for (const command of COMMANDS) {
      expect(all).toContain(command.words);
      for (const option of Object.keys(command.options)) {
        expect(helpOf(command)).toContain(`--${option}`);
      }
    }
  });

  it('the help has one command for each name', () => {
    const words = COMMANDS.map((command) => command.words);
    expect(new Set(words).size).toBe(words.length);
  });
});
