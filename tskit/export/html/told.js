(function () {
  'use strict';
  var main = document.querySelector('main');
  var dues = [].slice.call(document.querySelectorAll('[data-due]'));
  var notes = [].slice.call(document.querySelectorAll('.clock'));
  var written = Date.parse(main.dataset.asOf);
  // An older page says what was left when it was written: it cannot know what was done since.
  var fresh = 7 * 86400000;
  var slack = 120000;

  // The two largest units, as the page itself says them; long ones in days alone.
  function length(seconds) {
    var minutes = Math.floor(seconds / 60);
    var days = Math.floor(minutes / 1440);
    if (days >= 10) { return days + ' days'; }
    var parts = [[days, 'd'], [Math.floor(minutes / 60) % 24, 'h'], [minutes % 60, 'min']];
    while (parts.length && !parts[0][0]) { parts.shift(); }
    return parts.slice(0, 2).filter(function (part) { return part[0]; })
      .map(function (part) { return part.join(' '); }).join(' ') || 'less than a minute';
  }
  function left(milliseconds) {
    var words = length(Math.abs(milliseconds) / 1000);
    return milliseconds < 0 ? 'passed ' + words + ' ago' : words + ' left';
  }
  function spoken(now) {
    var form = { weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
    try {
      return new Intl.DateTimeFormat('en-GB', Object.assign({ timeZone: main.dataset.zone }, form)).format(now);
    } catch (error) {
      return new Intl.DateTimeFormat('en-GB', form).format(now);
    }
  }
  function tell(node, words) {
    if (node.textContent !== words) { node.textContent = words; }
  }
  function count() {
    var now = Date.now();
    var live = now >= written - slack && now < written + fresh;
    dues.forEach(function (node) {
      var gone = Date.parse(node.dataset.due) - (live ? now : written);
      tell(node, left(gone));
      node.classList.toggle('past', gone < 0);
    });
    notes.forEach(function (note) {
      tell(note, live ? note.dataset.live.replace('{now}', spoken(now)) : note.dataset.still);
    });
  }
  function tick() {
    count();
    // At the turn of the minute, since nothing shorter is shown.
    window.setTimeout(tick, 60050 - Date.now() % 60000);
  }
  if (dues.length && !isNaN(written)) {
    tick();
    document.addEventListener('visibilitychange', function () { if (!document.hidden) { count(); } });
  }

  // What an audience may be told, to be pasted: its text alone, without the page's colours.
  function select(node) {
    var range = document.createRange();
    range.selectNodeContents(node);
    var chosen = window.getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  }
  function byHand(node) {
    select(node);
    try { return document.execCommand('copy'); } catch (error) { return false; }
  }
  [].forEach.call(document.querySelectorAll('button.copy'), function (button) {
    var words = document.getElementById(button.dataset.of);
    var status = button.nextElementSibling;
    function done(copied) {
      if (!copied) { select(words); }
      status.textContent = copied ? 'Copied.' : 'Selected: copy it with your keyboard or menu.';
    }
    button.hidden = false;
    button.addEventListener('click', function () {
      var lines = [].map.call(words.children, function (line) { return line.textContent; });
      status.textContent = '';
      if (!navigator.clipboard) { done(byHand(words)); return; }
      navigator.clipboard.writeText(lines.join('\n\n')).then(function () { done(true); }, function () { done(byHand(words)); });
    });
  });

  // What is folded for want of room on a phone is open on a desk, where it can still be folded by hand.
  if (window.matchMedia('(min-width: 641px)').matches) {
    [].forEach.call(document.querySelectorAll('details.roomy'), function (fold) { fold.open = true; });
  }

  // Browsers that cannot show a folded part on paper by style alone get it unfolded.
  var unfolded = [];
  window.addEventListener('beforeprint', function () {
    unfolded = [].filter.call(document.querySelectorAll('details.kept'), function (fold) { return !fold.open; });
    unfolded.forEach(function (fold) { fold.open = true; });
  });
  window.addEventListener('afterprint', function () {
    unfolded.forEach(function (fold) { fold.open = false; });
  });
})();
