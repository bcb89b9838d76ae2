// Elements. Whatever is said of the service goes in as text; nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an HTML element: attributes (absent and false ones are left out, "onclick" and the like are listeners), then children. */
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** Writes a text where it is another one: what has not changed is not touched, so that screen readers and selections stay. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** Puts children into an element in place of those that are there. */
export function setChildren(node, ...children) {
  node.replaceChildren(...children.flat().filter(isThere));
}

/** Brings rows of a list into an order, and moves only those that are elsewhere. */
export function setOrder(parent, nodes) {
  nodes.forEach((node, at) => {
    if (parent.children[at] !== node) {
      parent.insertBefore(node, parent.children[at] ?? null);
    }
  });
  while (parent.children.length > nodes.length) {
    parent.lastElementChild.remove();
  }
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat().filter(isThere));
  return element;
}

function isThere(child) {
  return child !== undefined && child !== null && child !== false && child !== "";
}
