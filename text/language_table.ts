/** Languages by name; each value is its tag (BCP 47). Read on 2026-11-20. */
export const Language = {
  /** Afrikaans. */
  AF: "af",
  /** Afrikaans (South Africa). */
  AF_ZA: "af-ZA",
  /** Amharic. */
  AM: "am",
  /** Amharic (Ethiopia). */
  AM_ET: "am-ET",
  /** Arabic. */
  AR: "ar",
  /** Arabic (world). */
  AR_001: "ar-001",
  /** Arabic (United Arab Emirates). */
  AR_AE: "ar-AE",
  /** Arabic (Bahrain). */
  AR_BH: "ar-BH",
  /** Arabic (Algeria). */
  AR_DZ: "ar-DZ",
  /** Arabic (Egypt). */
  AR_EG: "ar-EG",
  /** Arabic (Iraq). */
  AR_IQ: "ar-IQ",
  /** Arabic (Jordan). */
  AR_JO: "ar-JO",
  /** Arabic (Kuwait). */
  AR_KW: "ar-KW",
  /** Arabic (Lebanon). */
  AR_LB: "ar-LB",
  /** Arabic (Libya). */
  AR_LY: "ar-LY",
  /** Arabic (Morocco). */
  AR_MA: "ar-MA",
  /** Arabic (Oman). */
  AR_OM: "ar-OM",
  /** Arabic (Qatar). */
  AR_QA: "ar-QA",
  /** Arabic (Saudi Arabia). */
  AR_SA: "ar-SA",
  /** Arabic (Syria). */
  AR_SY: "ar-SY",
  /** Arabic (Tunisia). */
  AR_TN: "ar-TN",
  /** Arabic (any country). */
  AR_XA: "ar-XA",
  /** Arabic (Yemen). */
  AR_YE: "ar-YE",
  /** Assamese. */
  AS: "as",
  /** Asturian. */
  AST: "ast",
  /** Assamese (India). */
  AS_IN: "as-IN",
  /** Azerbaijani. */
  AZ: "az",
  /** Azerbaijani (Azerbaijan). */
  AZ_AZ: "az-AZ",
  /** Bashkir. */
  BA: "ba",
  /** Belarusian. */
  BE: "be",
  /** Belarusian (Belarus). */
  BE_BY: "be-BY",
  /** Bulgarian. */
  BG: "bg",
  /** Bulgarian (Bulgaria). */
  BG_BG: "bg-BG",
  /** Bangla. */
  BN: "bn",
  /** Bangla (Bangladesh). */
  BN_BD: "bn-BD",
  /** Bangla (India). */
  BN_IN: "bn-IN",
  /** Tibetan. */
  BO: "bo",
  /** Breton. */
  BR: "br",
  /** Bosnian. */
  BS: "bs",
  /** Bosnian (Bosnia & Herzegovina). */
  BS_BA: "bs-BA",
  /** Catalan. */
  CA: "ca",
  /** Catalan (Spain). */
  CA_ES: "ca-ES",
  /** Cebuano. */
  CEB: "ceb",
  /** Cebuano (Philippines). */
  CEB_PH: "ceb-PH",
  /** Mandarin Chinese. */
  CMN: "cmn",
  /** Mandarin Chinese (China). */
  CMN_CN: "cmn-CN",
  /** Czech. */
  CS: "cs",
  /** Czech (Czechia). */
  CS_CZ: "cs-CZ",
  /** Welsh. */
  CY: "cy",
  /** Welsh (United Kingdom). */
  CY_GB: "cy-GB",
  /** Danish. */
  DA: "da",
  /** Danish (Denmark). */
  DA_DK: "da-DK",
  /** German. */
  DE: "de",
  /** German (Austria). */
  DE_AT: "de-AT",
  /** German (Belgium). */
  DE_BE: "de-BE",
  /** German (Switzerland). */
  DE_CH: "de-CH",
  /** German (Germany). */
  DE_DE: "de-DE",
  /** Greek. */
  EL: "el",
  /** Greek (Greece). */
  EL_GR: "el-GR",
  /** English. */
  EN: "en",
  /** English (Australia). */
  EN_AU: "en-AU",
  /** English (Canada). */
  EN_CA: "en-CA",
  /** English (United Kingdom). */
  EN_GB: "en-GB",
  /** English (Ghana). */
  EN_GH: "en-GH",
  /** English (Hong Kong). */
  EN_HK: "en-HK",
  /** English (Ireland). */
  EN_IE: "en-IE",
  /** English (India). */
  EN_IN: "en-IN",
  /** English (Kenya). */
  EN_KE: "en-KE",
  /** English (Nigeria). */
  EN_NG: "en-NG",
  /** English (New Zealand). */
  EN_NZ: "en-NZ",
  /** English (Philippines). */
  EN_PH: "en-PH",
  /** English (Singapore). */
  EN_SG: "en-SG",
  /** English (Tanzania). */
  EN_TZ: "en-TZ",
  /** English (United States). */
  EN_US: "en-US",
  /** English (South Africa). */
  EN_ZA: "en-ZA",
  /** Esperanto. */
  EO: "eo",
  /** Spanish. */
  ES: "es",
  /** Spanish (Latin America). */
  ES_419: "es-419",
  /** Spanish (Argentina). */
  ES_AR: "es-AR",
  /** Spanish (Bolivia). */
  ES_BO: "es-BO",
  /** Spanish (Chile). */
  ES_CL: "es-CL",
  /** Spanish (Colombia). */
  ES_CO: "es-CO",
  /** Spanish (Costa Rica). */
  ES_CR: "es-CR",
  /** Spanish (Cuba). */
  ES_CU: "es-CU",
  /** Spanish (Dominican Republic). */
  ES_DO: "es-DO",
  /** Spanish (Ecuador). */
  ES_EC: "es-EC",
  /** Spanish (Spain). */
  ES_ES: "es-ES",
  /** Spanish (Equatorial Guinea). */
  ES_GQ: "es-GQ",
  /** Spanish (Guatemala). */
  ES_GT: "es-GT",
  /** Spanish (Honduras). */
  ES_HN: "es-HN",
  /** Spanish (Mexico). */
  ES_MX: "es-MX",
  /** Spanish (Nicaragua). */
  ES_NI: "es-NI",
  /** Spanish (Panama). */
  ES_PA: "es-PA",
  /** Spanish (Peru). */
  ES_PE: "es-PE",
  /** Spanish (Puerto Rico). */
  ES_PR: "es-PR",
  /** Spanish (Paraguay). */
  ES_PY: "es-PY",
  /** Spanish (El Salvador). */
  ES_SV: "es-SV",
  /** Spanish (United States). */
  ES_US: "es-US",
  /** Spanish (Uruguay). */
  ES_UY: "es-UY",
  /** Spanish (Venezuela). */
  ES_VE: "es-VE",
  /** Estonian. */
  ET: "et",
  /** Estonian (Estonia). */
  ET_EE: "et-EE",
  /** Basque. */
  EU: "eu",
  /** Basque (Spain). */
  EU_ES: "eu-ES",
  /** Persian. */
  FA: "fa",
  /** Persian (Iran). */
  FA_IR: "fa-IR",
  /** Fula. */
  FF: "ff",
  /** Finnish. */
  FI: "fi",
  /** Filipino. */
  FIL: "fil",
  /** Filipino (Philippines). */
  FIL_PH: "fil-PH",
  /** Finnish (Finland). */
  FI_FI: "fi-FI",
  /** Faroese. */
  FO: "fo",
  /** French. */
  FR: "fr",
  /** French (Belgium). */
  FR_BE: "fr-BE",
  /** French (Canada). */
  FR_CA: "fr-CA",
  /** French (Switzerland). */
  FR_CH: "fr-CH",
  /** French (France). */
  FR_FR: "fr-FR",
  /** Irish. */
  GA: "ga",
  /** Irish (Ireland). */
  GA_IE: "ga-IE",
  /** Scottish Gaelic. */
  GD: "gd",
  /** Galician. */
  GL: "gl",
  /** Galician (Spain). */
  GL_ES: "gl-ES",
  /** Gujarati. */
  GU: "gu",
  /** Gujarati (India). */
  GU_IN: "gu-IN",
  /** Hausa. */
  HA: "ha",
  /** Hawaiian. */
  HAW: "haw",
  /** Hebrew. */
  HE: "he",
  /** Hebrew (Israel). */
  HE_IL: "he-IL",
  /** Hindi. */
  HI: "hi",
  /** Hindi (India). */
  HI_IN: "hi-IN",
  /** Croatian. */
  HR: "hr",
  /** Croatian (Croatia). */
  HR_HR: "hr-HR",
  /** Haitian Creole. */
  HT: "ht",
  /** Haitian Creole (Haiti). */
  HT_HT: "ht-HT",
  /** Hungarian. */
  HU: "hu",
  /** Hungarian (Hungary). */
  HU_HU: "hu-HU",
  /** Armenian. */
  HY: "hy",
  /** Armenian (Armenia). */
  HY_AM: "hy-AM",
  /** Indonesian. */
  ID: "id",
  /** Indonesian (Indonesia). */
  ID_ID: "id-ID",
  /** Igbo. */
  IG: "ig",
  /** Icelandic. */
  IS: "is",
  /** Icelandic (Iceland). */
  IS_IS: "is-IS",
  /** Italian. */
  IT: "it",
  /** Italian (Switzerland). */
  IT_CH: "it-CH",
  /** Italian (Italy). */
  IT_IT: "it-IT",
  /** Inuktitut (Unified Canadian Aboriginal Syllabics). */
  IU_CANS: "iu-Cans",
  /** Inuktitut (Unified Canadian Aboriginal Syllabics, Canada). */
  IU_CANS_CA: "iu-Cans-CA",
  /** Inuktitut (Latin). */
  IU_LATN: "iu-Latn",
  /** Inuktitut (Latin, Canada). */
  IU_LATN_CA: "iu-Latn-CA",
  /** Japanese. */
  JA: "ja",
  /** Japanese (Japan). */
  JA_JP: "ja-JP",
  /** Javanese. */
  JV: "jv",
  /** Javanese (Indonesia). */
  JV_ID: "jv-ID",
  /** Javanese (JV). */
  JV_JV: "jv-JV",
  /** Javanese. */
  JW: "jw",
  /** Georgian. */
  KA: "ka",
  /** Georgian (Georgia). */
  KA_GE: "ka-GE",
  /** Kabuverdianu. */
  KEA: "kea",
  /** Kazakh. */
  KK: "kk",
  /** Kazakh (Kazakhstan). */
  KK_KZ: "kk-KZ",
  /** Khmer. */
  KM: "km",
  /** Khmer (Cambodia). */
  KM_KH: "km-KH",
  /** Kannada. */
  KN: "kn",
  /** Kannada (India). */
  KN_IN: "kn-IN",
  /** Korean. */
  KO: "ko",
  /** Konkani. */
  KOK: "kok",
  /** Konkani (India). */
  KOK_IN: "kok-IN",
  /** Korean (South Korea). */
  KO_KR: "ko-KR",
  /** Kurdish. */
  KU: "ku",
  /** Kyrgyz. */
  KY: "ky",
  /** Kyrgyz (Kyrgyzstan). */
  KY_KG: "ky-KG",
  /** Latin. */
  LA: "la",
  /** Latin (Vatican City). */
  LA_VA: "la-VA",
  /** Luxembourgish. */
  LB: "lb",
  /** Luxembourgish (Luxembourg). */
  LB_LU: "lb-LU",
  /** Ganda. */
  LG: "lg",
  /** Lingala. */
  LN: "ln",
  /** Lao. */
  LO: "lo",
  /** Lao (Laos). */
  LO_LA: "lo-LA",
  /** Lithuanian. */
  LT: "lt",
  /** Lithuanian (Lithuania). */
  LT_LT: "lt-LT",
  /** Luo. */
  LUO: "luo",
  /** Latvian. */
  LV: "lv",
  /** Latvian (Latvia). */
  LV_LV: "lv-LV",
  /** Maithili. */
  MAI: "mai",
  /** Maithili (India). */
  MAI_IN: "mai-IN",
  /** Malagasy. */
  MG: "mg",
  /** Malagasy (Madagascar). */
  MG_MG: "mg-MG",
  /** Māori. */
  MI: "mi",
  /** Macedonian. */
  MK: "mk",
  /** Macedonian (North Macedonia). */
  MK_MK: "mk-MK",
  /** Malayalam. */
  ML: "ml",
  /** Malayalam (India). */
  ML_IN: "ml-IN",
  /** Mongolian. */
  MN: "mn",
  /** Mongolian (Mongolia). */
  MN_MN: "mn-MN",
  /** Marathi. */
  MR: "mr",
  /** Marathi (India). */
  MR_IN: "mr-IN",
  /** Malay. */
  MS: "ms",
  /** Malay (Malaysia). */
  MS_MY: "ms-MY",
  /** Maltese. */
  MT: "mt",
  /** Maltese (Malta). */
  MT_MT: "mt-MT",
  /** Burmese. */
  MY: "my",
  /** Burmese (Myanmar [Burma]). */
  MY_MM: "my-MM",
  /** Burmese, as some services name it by its script. */
  MY_MR: "mymr",
  /** Norwegian Bokmål. */
  NB: "nb",
  /** Norwegian Bokmål (Norway). */
  NB_NO: "nb-NO",
  /** Nepali. */
  NE: "ne",
  /** Nepali (Nepal). */
  NE_NP: "ne-NP",
  /** Dutch. */
  NL: "nl",
  /** Dutch (Belgium). */
  NL_BE: "nl-BE",
  /** Dutch (Netherlands). */
  NL_NL: "nl-NL",
  /** Norwegian Nynorsk. */
  NN: "nn",
  /** Norwegian Nynorsk (Norway). */
  NN_NO: "nn-NO",
  /** Norwegian. */
  NO: "no",
  /** Northern Sotho. */
  NSO: "nso",
  /** Nyanja. */
  NY: "ny",
  /** Occitan. */
  OC: "oc",
  /** Odia. */
  OR: "or",
  /** Odia (India). */
  OR_IN: "or-IN",
  /** Punjabi. */
  PA: "pa",
  /** Punjabi (India). */
  PA_IN: "pa-IN",
  /** Polish. */
  PL: "pl",
  /** Polish (Poland). */
  PL_PL: "pl-PL",
  /** Pashto. */
  PS: "ps",
  /** Pashto (Afghanistan). */
  PS_AF: "ps-AF",
  /** Portuguese. */
  PT: "pt",
  /** Portuguese (Brazil). */
  PT_BR: "pt-BR",
  /** Portuguese (Portugal). */
  PT_PT: "pt-PT",
  /** Romanian. */
  RO: "ro",
  /** Romanian (Romania). */
  RO_RO: "ro-RO",
  /** Russian. */
  RU: "ru",
  /** Russian (Russia). */
  RU_RU: "ru-RU",
  /** Sanskrit. */
  SA: "sa",
  /** Sindhi. */
  SD: "sd",
  /** Sindhi (India). */
  SD_IN: "sd-IN",
  /** Sinhala. */
  SI: "si",
  /** Sinhala (Sri Lanka). */
  SI_LK: "si-LK",
  /** Slovak. */
  SK: "sk",
  /** Slovak (Slovakia). */
  SK_SK: "sk-SK",
  /** Slovenian. */
  SL: "sl",
  /** Slovenian (Slovenia). */
  SL_SI: "sl-SI",
  /** Shona. */
  SN: "sn",
  /** Somali. */
  SO: "so",
  /** Somali (Somalia). */
  SO_SO: "so-SO",
  /** Albanian. */
  SQ: "sq",
  /** Albanian (Albania). */
  SQ_AL: "sq-AL",
  /** Serbian. */
  SR: "sr",
  /** Serbian (Latin). */
  SR_LATN: "sr-Latn",
  /** Serbian (Latin, Serbia). */
  SR_LATN_RS: "sr-Latn-RS",
  /** Serbian (Serbia). */
  SR_RS: "sr-RS",
  /** Sundanese. */
  SU: "su",
  /** Sundanese (Indonesia). */
  SU_ID: "su-ID",
  /** Swedish. */
  SV: "sv",
  /** Swedish (Sweden). */
  SV_SE: "sv-SE",
  /** Swahili. */
  SW: "sw",
  /** Swahili (Kenya). */
  SW_KE: "sw-KE",
  /** Swahili (Tanzania). */
  SW_TZ: "sw-TZ",
  /** Tamil. */
  TA: "ta",
  /** Tamil (India). */
  TA_IN: "ta-IN",
  /** Tamil (Sri Lanka). */
  TA_LK: "ta-LK",
  /** Tamil (Malaysia). */
  TA_MY: "ta-MY",
  /** Tamil (Singapore). */
  TA_SG: "ta-SG",
  /** Telugu. */
  TE: "te",
  /** Telugu (India). */
  TE_IN: "te-IN",
  /** Tajik. */
  TG: "tg",
  /** Thai. */
  TH: "th",
  /** Thai (Thailand). */
  TH_TH: "th-TH",
  /** Turkmen. */
  TK: "tk",
  /** Filipino. */
  TL: "tl",
  /** Turkish. */
  TR: "tr",
  /** Turkish (Türkiye). */
  TR_TR: "tr-TR",
  /** Tatar. */
  TT: "tt",
  /** Uyghur. */
  UG: "ug",
  /** Ukrainian. */
  UK: "uk",
  /** Ukrainian (Ukraine). */
  UK_UA: "uk-UA",
  /** Umbundu. */
  UMB: "umb",
  /** Urdu. */
  UR: "ur",
  /** Urdu (India). */
  UR_IN: "ur-IN",
  /** Urdu (Pakistan). */
  UR_PK: "ur-PK",
  /** Uzbek. */
  UZ: "uz",
  /** Uzbek (Uzbekistan). */
  UZ_UZ: "uz-UZ",
  /** Vietnamese. */
  VI: "vi",
  /** Vietnamese (Vietnam). */
  VI_VN: "vi-VN",
  /** Wolof. */
  WO: "wo",
  /** Wu Chinese. */
  WUU: "wuu",
  /** Wu Chinese (China). */
  WUU_CN: "wuu-CN",
  /** Xhosa (South Africa). */
  XH: "xh-ZA",
  /** Yiddish. */
  YI: "yi",
  /** Yoruba. */
  YO: "yo",
  /** Cantonese. */
  YUE: "yue",
  /** Cantonese (China). */
  YUE_CN: "yue-CN",
  /** Chinese. */
  ZH: "zh",
  /** Chinese (China). */
  ZH_CN: "zh-CN",
  /** Chinese (China, Guangxi). */
  ZH_CN_GUANGXI: "zh-CN-guangxi",
  /** Chinese (China, Henan). */
  ZH_CN_HENAN: "zh-CN-henan",
  /** Chinese (China, Liaoning). */
  ZH_CN_LIAONING: "zh-CN-liaoning",
  /** Chinese (China, Shaanxi). */
  ZH_CN_SHAANXI: "zh-CN-shaanxi",
  /** Chinese (China, Shandong). */
  ZH_CN_SHANDONG: "zh-CN-shandong",
  /** Chinese (China, Sichuan). */
  ZH_CN_SICHUAN: "zh-CN-sichuan",
  /** Chinese (Hong Kong). */
  ZH_HK: "zh-HK",
  /** Chinese (Taiwan). */
  ZH_TW: "zh-TW",
  /** Zulu. */
  ZU: "zu",
  /** Zulu (South Africa). */
  ZU_ZA: "zu-ZA",
} as const;

/** Tag of a language in {@linkcode Language}. */
export type Language = (typeof Language)[keyof typeof Language];
