// The loader: a page marks an element with data-module="name"; the module of that name gets the element. Every page works without it.
"use strict";
const modules = new Map();

/**
 * Remember a behaviour. Each file in modules/ calls this once.
 * @param {string} name value of data-module
 * @param {(element: HTMLElement) => void} start
 */
function register(name, start) {
  modules.set(name, start);
}
