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
  var strip = document.querySelector('nav.contents');
  var shown = 0;
  var waiting = false;
  function follow() {
    waiting = false;
    var here = 0;
    marks.forEach(function (mark, n) {
      if (mark && mark.getBoundingClientRect().top < window.innerHeight / 3) { here = n; }
    });
    var scrolls = root.scrollHeight > window.innerHeight + 4;
    if (scrolls && window.scrollY + window.innerHeight >= root.scrollHeight - 4) { here = marks.length - 1; }
    links.forEach(function (link, n) {
      if (n === here) { link.setAttribute('aria-current', 'true'); } else { link.removeAttribute('aria-current'); }
    });
    if (links.length && here !== shown) {
      shown = here;
      strip.scrollLeft = links[here].offsetLeft - strip.offsetLeft - 40;
    }
  }
  window.addEventListener('scroll', function () {
    light(null);
    if (!waiting) { waiting = true; window.requestAnimationFrame(follow); }
  }, { passive: true });
  follow();

  // Values of marks where the pointer is. Without this script the browser shows the same words, late and small.
  var tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  tip.setAttribute('aria-hidden', 'true');
  document.body.appendChild(tip);
  var lit = null;
  function light(mark) {
    if (lit) { lit.classList.remove('lit'); }
    lit = mark;
    if (lit) { lit.classList.add('lit'); }
    tip.hidden = !lit;
  }
  function distance(mark, x, y) {
    var box = mark.getBoundingClientRect();
    if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) { return 0; }
    // The unseen marks of a line are its days: one points at a day from above or below the line as well.
    var down = mark.getAttribute('opacity') === '0' ? 0.25 : 1;
    return Math.hypot(x - (box.left + box.right) / 2, down * (y - (box.top + box.bottom) / 2));
  }
  [].forEach.call(document.querySelectorAll('figure svg'), function (picture) {
    var marks = [].map.call(picture.querySelectorAll('title'), function (title) {
      var mark = title.parentNode;
      mark.removeChild(title);
      return { node: mark, words: title.textContent };
    });
    function point(event) {
      var best = null, least = 40;
      marks.forEach(function (mark) {
        var far = distance(mark.node, event.clientX, event.clientY);
        if (far < least) { best = mark; least = far; }
      });
      light(best && best.node);
      if (!best) { return; }
      tip.textContent = best.words;
      var box = best.node.getBoundingClientRect();
      var left = Math.min((box.left + box.right) / 2 + 14, root.clientWidth - tip.offsetWidth - 8);
      var above = box.top - tip.offsetHeight - 6;
      tip.style.left = Math.max(8, left) + 'px';
      tip.style.top = (above > 4 ? above : box.bottom + 6) + 'px';
    }
    if (marks.length) {
      picture.addEventListener('pointermove', point);
      picture.addEventListener('pointerdown', point);
      picture.addEventListener('pointerleave', function () { light(null); });
    }
  });

  // A link to what is folded away opens it.
  window.addEventListener('hashchange', function () {
    var mark = document.getElementById(window.location.hash.slice(1));
    for (var node = mark; node; node = node.parentElement) {
      if (node.tagName === 'DETAILS') { node.open = true; }
    }
    if (mark) { mark.scrollIntoView(); }
  });
})();
