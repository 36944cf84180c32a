/** Words whose period ends no sentence, as each is written, without the period. */

/** A name or a word follows. */
const LEADING = `
  Mr Mrs Ms Mx Dr Drs Prof St Ste Gen Col Maj Capt Lt Sgt Cpl Adm Sen Rep Gov Pres Rev Hon Msgr Supt
  Mme Mlle Mgr Sra Srta Sres Dra Hr Fr Frl Sig sig Av Dipl Ing Dott Avv Arch Dhr Mevr Mt Ft
  vs Vs cf Cf viz approx esp incl resp ca Ca al bzw Bzw sog inkl zzgl evtl ggf vgl Vgl usw bijv
  Ph Inc Ltd Co Corp LLC Bros Univ Dept Assn Ave Blvd Rd GmbH
  Jan Feb Apr Jun Jul Aug Sept Sep Oct Nov Dec Tue Tues Thu Thur Thurs Fri
  np tzn prof ks św inż mgr гг ул проф см стр тов гр örn bkz
`;

/** A number follows, or it is an ordinary word. */
const NUMBERED = `
  no No nos Nos nr Nr art Art fig Fig figs Figs p pp P vol Vol ch Ch chap Chap sec Sec abs Abs
  kap Kap bd Bd núm Núm tel Tel ext Ext eq Eq pos Pos tab Tab op Op Mar Mon Wed Sat Sun гл рис godz
`;

/** It may end a sentence; a small letter after it says that it does not. */
const TRAILING = `
  etc Jr Sr Esq ft in min max sec hr hrs lb lbs oz kg km cm mm pct dept est ff ecc osv enz itd atd
`;

/** Dotted ones that are not single letters. */
const DOTTED =
  `Ph.D Ed.D Litt.D B.Sc M.Sc Sc.D p.ej P.ej p.ex P.ex Dipl.Ing i.A.d ит.д т.д т.п т.е`;

/** What a period after a word can mean. */
export type AbbreviationKind = "leading" | "numbered" | "trailing";

const KINDS: ReadonlyMap<string, AbbreviationKind> = new Map([
  ...words(NUMBERED).map((word) => [word, "numbered"] as const),
  ...words(TRAILING).map((word) => [word, "trailing"] as const),
  ...words(LEADING).map((word) => [word, "leading"] as const),
  ...words(DOTTED).map((word) => [word, "leading"] as const),
]);

/** Languages that write an ordinal as digits and a period. */
const ORDINAL_PERIOD = new Set(
  words("bs cs da de et fi fo hr hu is lb lv nb nn no pl sk sl sr tr"),
);

function words(list: string): string[] {
  return list.trim().split(/\s+/);
}

/** What kind of abbreviation `word`, without its last period, is; nothing if it is none. */
export function abbreviationKind(word: string): AbbreviationKind | undefined {
  return KINDS.get(word);
}

/** Whether `word` is one letter or several with periods: "J", "U.S", "p.m", "z.B". */
export function isInitials(word: string): boolean {
  return /^\p{L}(?:\.[ -]?\p{L}|-\p{L})*$/u.test(word);
}

/** Whether a language writes "5." for "fifth". */
export function writesOrdinalPeriod(language: string): boolean {
  return ORDINAL_PERIOD.has(language.toLowerCase().split(/[-_]/)[0] ?? "");
}
