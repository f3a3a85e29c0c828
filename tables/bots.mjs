// Makes bots.tsv, the table of user agents that are programs: `npm run bots` in this folder, after `npm ci`.
//
// Source: npm crawler-user-agents (MIT, https://github.com/monperrus/crawler-user-agents). A line is a rule: its id, how its text is
// compared (text: as it stands; word: whatever the case; pattern: a regular expression) and its text. The first rule that fits names the
// bot, so that an id must never change its meaning: it is made from the text, not from the place in the list.
import { readFileSync, writeFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('node_modules/crawler-user-agents/package.json', import.meta.url), 'utf8'));
const crawlers = JSON.parse(readFileSync(new URL('node_modules/crawler-user-agents/crawler-user-agents.json', import.meta.url), 'utf8'));

// What the list does not name yet calls itself by one of these, or comes from a library that no browser is made with.
const general = [
  ['generic-bot', 'pattern', '(?i)(^|[^u]|(^|[^c])u)bot'], // not Cubot, which makes phones
  ...['crawl', 'spider', 'slurp', 'headless', 'scrap', 'curl/', 'wget/', 'python-', 'libwww', 'java/', 'go-http-client', 'apache-httpclient',
    'lighthouse', 'pagespeed', 'uptime', 'monitor', 'preview', 'feedfetcher', 'archiver', 'scanner', 'validator', 'postman', 'insomnia', 'phantomjs']
    .map((word) => [`generic-${slug(word)}`, 'word', word]),
];

function slug(text) {
  return text.replace(/\[(\w)\w\]/g, '$1').toLowerCase().replace(/\\./g, (escaped) => (/[a-z]/.test(escaped[1]) ? '-' : escaped[1])).replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

const rules = [];
const ids = new Set();
for (const { pattern } of crawlers) {
  const plain = pattern.replace(/\\([^a-zA-Z0-9])/g, '$1');
  const isPlain = !/[\[\](){}|?*+^$\\]|[^\\]\./.test(pattern.replace(/\\[^a-zA-Z0-9]/g, ''));
  let id = slug(pattern);
  for (let n = 2; ids.has(id); n++) {
    id = `${slug(pattern)}-${n}`;
  }

  ids.add(id);
  rules.push([id, isPlain ? 'text' : 'pattern', isPlain ? plain : pattern]);
}

const lines = [...rules, ...general].map((rule) => rule.join('\t'));
const head = `# Made by bots.mjs from npm crawler-user-agents ${version} (MIT, Copyright (c) 2017 Martin Monperrus) and the general rules at the end.`;
writeFileSync(new URL('bots.tsv', import.meta.url), [head, ...lines, ''].join('\n'));
