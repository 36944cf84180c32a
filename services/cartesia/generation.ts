/** How Cartesia's `sonic-3` models are to speak. */
export interface GenerationConfig {
  /** How loud, as a factor from 0.5 to 2. */
  readonly volume?: number | undefined;
  /** How fast, as a factor from 0.6 to 1.5. */
  readonly speed?: number | undefined;
  /** With which emotion. */
  readonly emotion?: CartesiaEmotion | (string & Record<never, never>) | undefined;
}

/** The emotions that Cartesia's voices can show, as of 2026-11-20. */
export const CartesiaEmotion = {
  /** Neutral. */
  NEUTRAL: "neutral",
  /** Angry. */
  ANGRY: "angry",
  /** Excited. */
  EXCITED: "excited",
  /** Content. */
  CONTENT: "content",
  /** Sad. */
  SAD: "sad",
  /** Scared. */
  SCARED: "scared",
  /** Happy. */
  HAPPY: "happy",
  /** Enthusiastic. */
  ENTHUSIASTIC: "enthusiastic",
  /** Elated. */
  ELATED: "elated",
  /** Euphoric. */
  EUPHORIC: "euphoric",
  /** Triumphant. */
  TRIUMPHANT: "triumphant",
  /** Amazed. */
  AMAZED: "amazed",
  /** Surprised. */
  SURPRISED: "surprised",
  /** Flirtatious. */
  FLIRTATIOUS: "flirtatious",
  /** Joking, comedic. */
  JOKING_COMEDIC: "joking/comedic",
  /** Curious. */
  CURIOUS: "curious",
  /** Peaceful. */
  PEACEFUL: "peaceful",
  /** Serene. */
  SERENE: "serene",
  /** Calm. */
  CALM: "calm",
  /** Grateful. */
  GRATEFUL: "grateful",
  /** Affectionate. */
  AFFECTIONATE: "affectionate",
  /** Trust. */
  TRUST: "trust",
  /** Sympathetic. */
  SYMPATHETIC: "sympathetic",
  /** Anticipation. */
  ANTICIPATION: "anticipation",
  /** Mysterious. */
  MYSTERIOUS: "mysterious",
  /** Mad. */
  MAD: "mad",
  /** Outraged. */
  OUTRAGED: "outraged",
  /** Frustrated. */
  FRUSTRATED: "frustrated",
  /** Agitated. */
  AGITATED: "agitated",
  /** Threatened. */
  THREATENED: "threatened",
  /** Disgusted. */
  DISGUSTED: "disgusted",
  /** Contempt. */
  CONTEMPT: "contempt",
  /** Envious. */
  ENVIOUS: "envious",
  /** Sarcastic. */
  SARCASTIC: "sarcastic",
  /** Ironic. */
  IRONIC: "ironic",
  /** Dejected. */
  DEJECTED: "dejected",
  /** Melancholic. */
  MELANCHOLIC: "melancholic",
  /** Disappointed. */
  DISAPPOINTED: "disappointed",
  /** Hurt. */
  HURT: "hurt",
  /** Guilty. */
  GUILTY: "guilty",
  /** Bored. */
  BORED: "bored",
  /** Tired. */
  TIRED: "tired",
  /** Rejected. */
  REJECTED: "rejected",
  /** Nostalgic. */
  NOSTALGIC: "nostalgic",
  /** Wistful. */
  WISTFUL: "wistful",
  /** Apologetic. */
  APOLOGETIC: "apologetic",
  /** Hesitant. */
  HESITANT: "hesitant",
  /** Insecure. */
  INSECURE: "insecure",
  /** Confused. */
  CONFUSED: "confused",
  /** Resigned. */
  RESIGNED: "resigned",
  /** Anxious. */
  ANXIOUS: "anxious",
  /** Panicked. */
  PANICKED: "panicked",
  /** Alarmed. */
  ALARMED: "alarmed",
  /** Proud. */
  PROUD: "proud",
  /** Confident. */
  CONFIDENT: "confident",
  /** Distant. */
  DISTANT: "distant",
  /** Skeptical. */
  SKEPTICAL: "skeptical",
  /** Contemplative. */
  CONTEMPLATIVE: "contemplative",
  /** Determined. */
  DETERMINED: "determined",
} as const;

/** An emotion that Cartesia's voices can show. */
export type CartesiaEmotion = (typeof CartesiaEmotion)[keyof typeof CartesiaEmotion];
