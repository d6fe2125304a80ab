(function () {
  'use strict';
  var root = document.documentElement;
  var tools = document.getElementById('tools');
  var theme = document.getElementById('theme');
  var code = document.getElementById('code');
  var wish = window.matchMedia('(prefers-color-scheme: dark)');

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === 'dark' : wish.matches;
  }
  function label() {
    theme.textContent = isDark() ? 'Light page' : 'Dark page';
  }
  theme.addEventListener('click', function () {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    label();
  });
  wish.addEventListener('change', label);
  label();

  var folds = [].slice.call(document.querySelectorAll('details.code'));
  code.hidden = folds.length === 0;
  code.addEventListener('click', function () {
    var on = code.getAttribute('aria-pressed') !== 'true';
    code.setAttribute('aria-pressed', String(on));
    folds.forEach(function (fold) { fold.open = on; });
  });
  tools.hidden = false;

  // The contents list shows where the reader is: the last heading above a third of the window.
  var links = [].slice.call(document.querySelectorAll('nav.contents a'));
  var marks = links.map(function (link) { return document.getElementById(link.hash.slice(1)); });
  var waiting = false;
  function follow() {
    waiting = false;
    var here = 0;
    marks.forEach(function (mark, n) {
      if (mark && mark.getBoundingClientRect().top < window.innerHeight / 3) { here = n; }
    });
    if (window.scrollY + window.innerHeight >= root.scrollHeight - 4) { here = marks.length - 1; }
    links.forEach(function (link, n) {
      if (n === here) { link.setAttribute('aria-current', 'true'); } else { link.removeAttribute('aria-current'); }
    });
  }
  window.addEventListener('scroll', function () {
    if (!waiting) { waiting = true; window.requestAnimationFrame(follow); }
  }, { passive: true });
  follow();

  // A link to what is folded away opens it.
  window.addEventListener('hashchange', function () {
    var mark = document.getElementById(window.location.hash.slice(1));
    for (var node = mark; node; node = node.parentElement) {
      if (node.tagName === 'DETAILS') { node.open = true; }
    }
    if (mark) { mark.scrollIntoView(); }
  });
})();
