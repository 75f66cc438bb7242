// Starts the registered behaviours on the elements of this page.
for (const element of document.querySelectorAll("[data-module]")) {
  for (const name of element.dataset.module.split(" ")) modules.get(name)?.(element);
}
