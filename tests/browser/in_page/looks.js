// Measures how the page looks.
globalThis.looks = () => {
  const { backgroundColor } = getComputedStyle(document.body);
  const [red, green, blue] = backgroundColor.match(/\d+/g).map(Number);
  return {
    contentWidth: document.documentElement.scrollWidth,
    screenWidth: document.documentElement.clientWidth,
    brightness: (red + green + blue) / 3,
  };
};
