// Lines of text and links. Nothing is taken as HTML.

function base() {
  try {
    return JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl || "/";
  } catch {
    return "/";
  }
}

function line(given) {
  const item = document.createElement("p");
  if (!given.path) {
    item.textContent = given.text;
    return item;
  }
  const link = document.createElement("a");
  link.href = `${base()}files/${given.path}`;
  link.target = "_blank";
  // The server lets a page in that says where it comes from, so the referrer stays.
  link.rel = "noopener";
  link.textContent = given.text;
  item.append(link);
  return item;
}

export default {
  render({ model, el }) {
    const region = document.createElement("div");
    region.className = "tskit-told";
    region.setAttribute("role", "status");
    el.append(region);
    const show = () => {
      region.dataset.tone = model.get("tone");
      region.replaceChildren(...model.get("lines").map(line));
    };
    model.on("change:lines", show);
    model.on("change:tone", show);
    show();
    return () => {
      model.off("change:lines", show);
      model.off("change:tone", show);
    };
  },
};
