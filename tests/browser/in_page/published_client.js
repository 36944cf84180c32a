// The published client as an app uses it, with every event kept in `events`. Its packages are in `pipecat`.
{
  const { PipecatClient, RTVIEvent, WavMediaManager, WebSocketTransport } = globalThis.pipecat;
  const client = new PipecatClient({
    transport: new WebSocketTransport({
      mediaManager: new WavMediaManager(512, 16_000),
      recorderSampleRate: 16_000,
    }),
    enableMic: false,
    enableCam: false,
  });
  const events = [];
  for (const name of Object.values(RTVIEvent)) {
    // Tracks and devices are no data.
    const isMedia = /track|mic|cam|speakerUpdated|speakersUpdated|mediaState/i.test(name);
    client.on(name, (data) => events.push({ name, data: isMedia ? undefined : data }));
  }
  /** The events from a place on, up to the first of a name whose data fits a pattern. */
  const eventsUntil = ({ from, name, pattern }) => {
    const fits = (event) =>
      event.name === name && new RegExp(pattern).test(JSON.stringify(event.data));
    const at = events.findIndex((event, i) => i >= from && fits(event));
    return at < 0 ? undefined : events.slice(from, at + 1);
  };
  Object.assign(globalThis, { client, events, eventsUntil });
}
