// Starts the registered behaviours on the elements of this page.
for (const element of document.querySelectorAll("[data-module]")) modules.get(element.dataset.module)?.(element);
