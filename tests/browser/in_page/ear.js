// Hears what goes to the loudspeakers: `loudestSound()` is the peak of the last moment, from 0 to 1.
{
  const analysers = [];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      const analyser = this.context.createAnalyser();
      connect.call(this, analyser);
      analysers.push(analyser);
    }
    return connect.call(this, target, ...rest);
  };
  globalThis.loudestSound = () => {
    const samples = analysers.flatMap((analyser) => {
      const moment = new Float32Array(analyser.fftSize);
      analyser.getFloatTimeDomainData(moment);
      return [...moment];
    });
    return Math.max(0, ...samples.map(Math.abs));
  };
}
