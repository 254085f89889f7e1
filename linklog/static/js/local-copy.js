/* What is not saved yet, kept in this browser: for each window one copy of each post, under linklog:<user>:<code>:<window>.
   Storage may be forbidden, full, or hold what is not ours. */

const WINDOW = Math.random().toString(36).slice(2);

function prefix(user, code = "") {
  return `linklog:${user}:${code}`;
}

function read(key) {
  try {
    const copy = JSON.parse(localStorage.getItem(key));
    return copy?.fields ? { ...copy, key } : null;
  } catch {
    return null;
  }
}

/* All copies of `user`, newest first */
export function copiesOf(user, code) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix(user, code)));
    return keys.map(read).filter(Boolean).sort((one, other) => other.time - one.time);
  } catch {
    return [];
  }
}

export function timeOf(moment) {
  return new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

export class LocalCopy {
  constructor(user, code) {
    this.user = user;
    this.code = code;
    this.key = `${prefix(user, code)}:${WINDOW}`;
    this.isKept = true;
  }

  // "" where it is kept; otherwise why not: "no-storage" or "storage-full"
  keep(copy) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ ...copy, code: this.code, time: Date.now() }));
      this.isKept = true;
      return "";
    } catch (error) {
      this.isKept = false;
      return error.name === "QuotaExceededError" ? "storage-full" : "no-storage";
    }
  }

  // Copies that windows now gone have left of this post
  left() {
    return copiesOf(this.user, `${this.code}:`).filter(({ key }) => key !== this.key);
  }

  drop(key = this.key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  }
}
