// Preloaded into a node whose machine's clock is wrong: by CLOCK_WRONG_BY_MS, forward or back. Timers keep their pace.
const wrongByMs = Number(process.env.CLOCK_WRONG_BY_MS ?? 0);
const RealDate = globalThis.Date;

globalThis.Date = class WrongDate extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + wrongByMs);
    else super(...given);
  }

  static now() {
    return RealDate.now() + wrongByMs;
  }
};
