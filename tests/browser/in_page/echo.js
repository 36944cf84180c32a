// Puts what the loudspeakers play into the microphone, 20 dB softer and 100 ms late, as a room without
// echo cancellation does. `loudestEcho()` is the peak of what of it is in the microphone right now, from 0 to 1.
{
  const LEVEL = 0.1;
  const DELAY_SECS = 0.1;
  const connect = AudioNode.prototype.connect;
  const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const room = new AudioContext();
  const walls = new GainNode(room, { gain: LEVEL });
  const way = new DelayNode(room, { delayTime: DELAY_SECS });
  const analyser = new AnalyserNode(room);
  walls.connect(way).connect(analyser);

  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode && this.context !== room) {
      const air = this.context.createMediaStreamDestination();
      connect.call(this, air);
      room.createMediaStreamSource(air.stream).connect(walls);
    }
    return connect.call(this, target, ...rest);
  };
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const voice = await getUserMedia(constraints);
    await room.resume();
    const microphone = room.createMediaStreamDestination();
    room.createMediaStreamSource(voice).connect(microphone);
    way.connect(microphone);
    return microphone.stream;
  };
  globalThis.loudestEcho = () => {
    const moment = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(moment);
    return Math.max(...moment.map(Math.abs));
  };
}
