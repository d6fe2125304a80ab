(function () {
  'use strict';
  // Any column of a batch's table puts its rows in order; what has no value stays last either way.
  var table = document.getElementById('table');
  function order(head, place) {
    var isDown = head.getAttribute('aria-sort') !== 'descending';
    var isFigure = head.classList.contains('num');
    if (!isFigure) { isDown = head.getAttribute('aria-sort') === 'ascending'; }
    var rows = [].map.call(table.tBodies[0].rows, function (row) {
      var cell = row.cells[place];
      return { row: row, key: isFigure ? parseFloat(cell.dataset.v) : cell.textContent };
    });
    rows.sort(function (a, b) {
      if (!isFigure) { return (isDown ? -1 : 1) * a.key.localeCompare(b.key, 'en', { numeric: true }); }
      if (isNaN(a.key) || isNaN(b.key)) { return isNaN(a.key) - isNaN(b.key); }
      return isDown ? b.key - a.key : a.key - b.key;
    });
    rows.forEach(function (one) { table.tBodies[0].appendChild(one.row); });
    [].forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute('aria-sort'); });
    head.setAttribute('aria-sort', isDown ? 'descending' : 'ascending');
  }
  if (table) {
    [].forEach.call(table.tHead.rows[0].cells, function (head, place) {
      var button = document.createElement('button');
      button.type = 'button';
      while (head.firstChild && head.firstChild.className !== 'below') { button.appendChild(head.firstChild); }
      head.insertBefore(button, head.firstChild);
      button.addEventListener('click', function () { order(head, place); });
    });
  }
})();
(function () {
  'use strict';
  var panel = document.getElementById('filters');
  if (!panel) { return; }
  var byId = function (id) { return document.getElementById(id); };
  var count = byId('count');
  var none = byId('none');
  var states = [].slice.call(panel.querySelectorAll('input[name=state]'));
  var runs = [].map.call(document.querySelectorAll('[data-s]'), function (node) {
    return {
      node: node,
      words: null,
      template: node.dataset.t,
      markets: (node.dataset.m || '').split(' '),
      state: node.dataset.s,
      days: { '': [node.dataset.d, node.dataset.d], data: (node.dataset.p || ' ').split(' ') },
      isLatest: 'l' in node.dataset,
      isChanged: 'c' in node.dataset
    };
  });
  var groups = [].slice.call(document.querySelectorAll('.batch, .month'));
  var folds = [].slice.call(document.querySelectorAll('.batch > details'));
  var fields = ['q', 'template', 'market', 'of', 'from', 'to', 'latest', 'changed'];
  var wasFiltered = false;

  function field(name) { return byId('f-' + name); }
  function value(name) {
    var node = field(name);
    return !node ? '' : node.type === 'checkbox' ? (node.checked ? '1' : '') : node.value;
  }
  function plain(words) {
    return words.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  }
  function words(run) {
    if (run.words === null) { run.words = plain(run.node.textContent + ' ' + run.node.id); }
    return run.words;
  }
  function chosen() {
    return states.filter(function (box) { return box.checked; }).map(function (box) { return box.value; });
  }
  // Days are compared as text, which ISO 8601 is made for; a run whose days nobody knows is in no stretch of days.
  function within(days, from, to) {
    return (!from || days[1] >= from) && (!to || (days[0] !== '' && days[0] <= to));
  }
  function asked() {
    return {
      terms: plain(value('q')).split(/\s+/).filter(Boolean),
      template: value('template'),
      market: value('market'),
      of: value('of'),
      from: value('from'),
      to: value('to'),
      latest: value('latest'),
      changed: value('changed'),
      states: chosen()
    };
  }
  function matches(run, want) {
    return (!want.template || run.template === want.template) &&
      (!want.market || run.markets.indexOf(want.market) >= 0) &&
      (!want.states.length || want.states.indexOf(run.state) >= 0) &&
      (!want.latest || run.isLatest) && (!want.changed || run.isChanged) &&
      within(run.days[want.of], want.from, want.to) &&
      want.terms.every(function (term) { return words(run).indexOf(term) >= 0; });
  }
  function isEmpty(want) {
    return !(want.terms.length || want.template || want.market || want.from || want.to || want.latest || want.changed || want.states.length);
  }
  function show(node, on) { if (node.hidden === on) { node.hidden = !on; } }
  function number(n) { return n.toLocaleString('en-US'); }

  function filter() {
    var want = asked();
    var found = 0;
    runs.forEach(function (run) {
      var on = matches(run, want);
      found += on ? 1 : 0;
      show(run.node, on);
    });
    groups.forEach(function (group) { show(group, !!group.querySelector('[data-s]:not([hidden])')); });
    var isFiltered = !isEmpty(want);
    // What matches within a batch has to be seen; once nothing is asked for any more, batches fold up again.
    if (isFiltered !== wasFiltered) { folds.forEach(function (fold) { fold.open = isFiltered; }); }
    wasFiltered = isFiltered;
    count.textContent = number(found) + ' of ' + number(runs.length) + (runs.length === 1 ? ' run' : ' runs');
    byId('clear').hidden = !isFiltered;
    show(none, !found);
  }

  // What is asked for stands in the address, so that it can be sent to somebody and is there after a reload.
  function spoken(node) { return node.tagName === 'SELECT' && node.value ? node.options[node.selectedIndex].text.replace(/ \([\d,]+\)$/, '') : ''; }
  function keep() {
    var held = new URLSearchParams();
    fields.forEach(function (name) {
      var given = value(name);
      if (given) { held.set(name, name === 'template' || name === 'market' ? spoken(field(name)) : given); }
    });
    if (chosen().length) { held.set('status', chosen().join(' ')); }
    var text = held.toString();
    try { window.history.replaceState(null, '', text ? '#' + text : '#answer'); } catch (error) { /* an address that cannot be kept is a comfort less */ }
  }
  function restore() {
    var text = window.location.hash.slice(1);
    if (text.indexOf('=') < 0) { return; }
    var held = new URLSearchParams(text);
    fields.forEach(function (name) {
      var node = field(name);
      var given = held.get(name) || '';
      if (!node) { return; }
      if (node.type === 'checkbox') { node.checked = given === '1'; return; }
      if (name === 'template' || name === 'market') {
        var option = [].filter.call(node.options, function (one) { return one.value && one.text.replace(/ \([\d,]+\)$/, '') === given; })[0];
        given = option ? option.value : '';
      }
      node.value = given;
      if (node.value !== given) { node.value = ''; }
    });
    var wanted = (held.get('status') || '').split(' ');
    states.forEach(function (box) { box.checked = wanted.indexOf(box.value) >= 0; });
  }

  function change() { filter(); keep(); }
  panel.addEventListener('input', change);
  panel.addEventListener('change', change);
  byId('clear').addEventListener('click', function () {
    fields.forEach(function (name) {
      var node = field(name);
      if (!node) { return; }
      if (node.type === 'checkbox') { node.checked = false; } else { node.value = ''; }
    });
    states.forEach(function (box) { box.checked = false; });
    change();
    (field('q') || panel).focus();
  });
  // A link to a run that is filtered away shows all again, or it would lead nowhere.
  window.addEventListener('hashchange', function () {
    var mark = byId(decodeURIComponent(window.location.hash.slice(1)));
    if (window.location.hash.indexOf('=') >= 0) { restore(); filter(); return; }
    if (mark && mark.closest('[hidden]')) { byId('clear').click(); mark.scrollIntoView(); }
  });
  panel.hidden = false;
  restore();
  filter();
  // On a phone what is needed least often is folded, unless it is what was asked for.
  if (byId('more')) { byId('more').open = wasFiltered || window.matchMedia('(min-width: 641px)').matches; }
})();
