// What the scripts of several pages make their parts of: `window.lossbookElements`.
window.lossbookElements = (() => {
  "use strict";
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // A long name breaks where its parts end.
  const code = (text) => element("code", {}, ...text.split(/(?<=[\w)]\.)(?=[A-Za-z])|(?<=\w\()(?=\w)/).flatMap(
    (part, place) => (place ? [element("wbr"), part] : [part])));
  return { element, code };
})();
