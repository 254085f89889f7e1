/* When to save: after a pause, while one goes on writing at the latest so long after the first change, one save at a time, and what
   failed again later. All times are in milliseconds. */

const PAUSE = 1000;
const LONGEST = 12_000;
const FIRST_RETRY = 2000;
const LAST_RETRY = 30_000;

export class SaveSchedule {
  // `save` resolves to whether all is saved that there was when it was called
  constructor(save) {
    this.save = save;
  }

  changed() {
    this.since ??= Date.now();
    if (!this.wait) this.in(Math.min(PAUSE, this.since + LONGEST - Date.now()));
  }

  later() {
    this.wait = Math.min(this.wait ? this.wait * 2 : FIRST_RETRY, LAST_RETRY);
    this.in(this.wait);
  }

  // At once, after the save that runs
  again() {
    this.isWanted = true;
    this.changed();
  }

  in(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), Math.max(delay, 0));
  }

  // Resolves to whether all is saved; what changed while a save runs is saved after it
  now() {
    clearTimeout(this.timer);
    this.isWanted = true;
    this.running ??= this.run().finally(() => { this.running = null; });
    return this.running;
  }

  async run() {
    let isSaved = true;
    while (this.isWanted && isSaved) {
      this.isWanted = false;
      this.since = null;
      isSaved = await this.save();
      if (isSaved) this.wait = 0;
    }
    if (isSaved && this.since) this.changed(); // meanwhile
    return isSaved;
  }
}
