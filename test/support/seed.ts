import fc from 'fast-check';

/** Properties are tried with the same cases each time: a case that fails fails for everybody. `SEED=n` gives others. */
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) });
