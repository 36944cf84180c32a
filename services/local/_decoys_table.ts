/**
 * Words that a recogniser listens for only to refuse them: short things that people say to nobody in
 * particular, or that sound like a command and are none. One that knew only "hello" and "stop" would
 * hear one of the two in each of them.
 */
export const DECOYS: readonly string[] = `
  again ah all always and answer anybody bad because bye call coffee come cool day dice down drop
  eight evening everybody fine five for four go god good great hard head help her here hey hi him his
  holiday home hot hotel how huh i if in it know later less let's listen look man maybe me mean minus
  minute money more morning music my never nice nine no nobody nope not now number of off oh okay on
  one open order ought out over people pizza please plus question quick quiet read really right see
  set seven shop shot shut six so some somebody song sorry start stay step stock store story sure
  tell ten thanks that the then there they this three time to today tomato tomorrow top true turn two
  uh um up us very wait water we weather well what when where who why word yeah yellow yep yes you
`.trim().split(/\s+/);
