// The API's page: shows /openapi/v1.json and tries what it describes. No library, no build; text only ever becomes text, never markup.

const main = document.getElementById('operations');
const search = document.getElementById('search');
const key = document.getElementById('key');
const spec = await (await fetch('/openapi/v1.json')).json();

/** Makes an element: attributes, then children, which are elements or texts. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    made.setAttribute(attribute, value);
  }

  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Follows references. */
function resolve(value) {
  return value?.$ref ? resolve(value.$ref.slice(2).split('/').reduce((at, part) => at[part], spec)) : (value ?? {});
}

/** A text of the document: what stands between backticks is code. */
const words = (text) => (text ?? '').split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part));

const json = (value) => JSON.stringify(value, null, 2);

/** What kind of value a schema asks for, in words. */
function typeOf(schema) {
  if (schema.enum) {
    return schema.enum.map((word) => JSON.stringify(word)).join(' | ');
  }

  if (schema.const !== undefined) {
    return JSON.stringify(schema.const);
  }

  const type = [schema.type ?? (schema.oneOf ? 'one of' : schema.properties || schema.allOf ? 'object' : 'anything')].flat().join(' or ');
  const limits = [
    schema.format,
    schema.minimum !== undefined ? `≥ ${schema.minimum}` : null,
    schema.maximum !== undefined ? `≤ ${schema.maximum}` : null,
    schema.maxLength !== undefined ? `at most ${schema.maxLength} letters` : null,
    schema.maxItems !== undefined ? `at most ${schema.maxItems}` : null,
    schema.default !== undefined ? `default ${JSON.stringify(schema.default)}` : null,
  ].filter((limit) => limit);
  return limits.length > 0 ? `${type} (${limits.join(', ')})` : type;
}

/** The fields of an object, those of its parts too. */
function fieldsOf(schema, depth, always) {
  const parts = [schema, ...(schema.allOf ?? []).map(resolve)];
  const required = new Set(parts.flatMap((part) => part.required ?? []));
  return parts.flatMap((part) => Object.entries(part.properties ?? {})).map(([name, value]) => schemaOf(value, always, depth + 1, name, required.has(name)));
}

/** A schema as a tree of fields; `always` is what is said of a field that has to be there. */
function schemaOf(reference, always, depth = 0, name = null, isRequired = false) {
  const schema = resolve(reference);
  const line = element('li', {},
    name === null ? null : element('code', {}, name),
    element('span', { class: 'dim' }, ` ${typeOf(schema)}${isRequired ? always : ''} `),
    ...words(schema.description));
  if (depth > 6) {
    return line;
  }

  const below = [
    ...fieldsOf(schema, depth, always),
    ...(schema.items ? [schemaOf(schema.items, always, depth + 1, 'each')] : []),
    ...(schema.oneOf ?? []).map((choice) => schemaOf(choice, always, depth + 1, 'or')),
    ...(typeof schema.additionalProperties === 'object' ? [schemaOf(schema.additionalProperties, always, depth + 1, 'any name')] : []),
  ];
  if (below.length > 0) {
    line.append(element('ul', { class: 'fields' }, ...below));
  }

  return line;
}

function contentOf(holder, always) {
  return Object.entries(resolve(holder).content ?? {}).flatMap(([type, media]) => [
    element('p', { class: 'dim' }, type),
    media.schema ? element('ul', { class: 'fields' }, schemaOf(media.schema, always)) : null,
    media['x-request'] !== undefined ? element('p', { class: 'dim' }, `What was asked: ${JSON.stringify(media['x-request'])}`) : null,
    media.example !== undefined ? element('pre', { tabindex: '0', 'aria-label': 'Example' }, typeof media.example === 'string' ? media.example : json(media.example)) : null,
  ].filter((part) => part !== null));
}

function parametersOf(operation) {
  const parameters = (operation.parameters ?? []).map(resolve);
  if (parameters.length === 0) {
    return [];
  }

  const rows = parameters.map((parameter) => element('tr', {},
    element('td', {}, element('code', {}, parameter.name), ` ${parameter.in}${parameter.required ? ', needed' : ''}`),
    element('td', {}, typeOf(resolve(parameter.schema))),
    element('td', {}, ...words(parameter.description))));
  const head = element('tr', {}, ...['Parameter', 'Kind', 'Meaning'].map((title) => element('th', { scope: 'col' }, title)));
  return [element('h3', {}, 'Parameters'), element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows))];
}

/** Inputs by which the operation is called from here, and what came back. */
function trialOf(method, path, operation) {
  const parameters = (operation.parameters ?? []).map(resolve);
  const inputs = parameters.map((parameter) => {
    const example = parameter.example ?? (parameter.in === 'path' ? '1' : '');
    return [parameter, element('input', { value: String(example), size: '16', autocomplete: 'off' })];
  });
  const example = Object.values(resolve(operation.requestBody).content ?? {})[0]?.example;
  const body = operation.requestBody ? element('textarea', { spellcheck: 'false', 'aria-label': 'Body' }) : null;
  if (body && example !== undefined) {
    body.value = json(example);
  }

  const outcome = element('pre', { tabindex: '0', 'aria-live': 'polite', 'aria-label': 'Answer', hidden: '' });
  const form = element('form', {}, ...inputs.map(([parameter, input]) => element('label', {}, `${parameter.name} `, input)), body, element('button', { type: 'submit' }, 'Send'));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    outcome.hidden = false;
    outcome.textContent = 'Sent…';
    outcome.textContent = await send(method, path, inputs, body).catch((error) => `No answer: ${error.message}`);
  });
  return [element('h3', {}, 'Try it'), form, outcome];
}

async function send(method, path, inputs, body) {
  const headers = key.value ? { Authorization: `Bearer ${key.value}` } : {};
  const query = new URLSearchParams();
  let address = path;
  for (const [parameter, input] of inputs) {
    if (parameter.in === 'path') {
      address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    } else if (input.value && parameter.in === 'header') {
      headers[parameter.name] = input.value;
    } else if (input.value) {
      query.set(parameter.name, input.value);
    }
  }

  if (body) {
    headers['Content-Type'] = 'application/json';
  }

  const started = performance.now();
  const reply = await fetch(address + (query.size > 0 ? `?${query}` : ''), { method: method.toUpperCase(), headers, body: body?.value });
  const type = reply.headers.get('content-type') ?? '';
  const text = type.includes('event-stream') ? await firstOf(reply) : type.includes('pdf') ? `A file of ${(await reply.blob()).size} bytes.` : await reply.text();
  const shown = type.includes('json') && text ? json(JSON.parse(text)) : text;
  return `${reply.status} ${reply.statusText} in ${Math.round(performance.now() - started)} ms\n\n${shown}`;
}

/** The first piece of a stream that would not end. */
async function firstOf(reply) {
  const reader = reply.body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}

function operationOf(method, path, operation) {
  const fold = element('details', { class: 'operation', id: operation.operationId },
    element('summary', {}, element('span', { class: 'method' }, method.toUpperCase()), element('code', {}, path), ' ', element('span', { class: 'dim' }, operation.summary)));
  // Built when it is opened: most are not.
  fold.addEventListener('toggle', () => {
    if (!fold.open || fold.childElementCount > 1) {
      return;
    }

    const needs = { none: 'No key.', session: "A user's session." }[operation['x-key']] ?? `A key that may do this: ${operation['x-key']}.`;
    fold.append(element('div', { class: 'inside' },
      operation.description ? element('p', {}, ...words(operation.description)) : null,
      element('p', { class: 'dim' }, needs),
      ...parametersOf(operation),
      ...(operation.requestBody ? [element('h3', {}, 'Body'), ...contentOf(operation.requestBody, ', needed')] : []),
      ...(method === 'get' && operation.requestBody ? [element('p', { class: 'dim' }, 'A browser sends no body with GET: try it with curl, or by POST.')] : trialOf(method, path, operation)),
      element('h3', {}, 'Answers'),
      ...Object.entries(operation.responses).map(([status, response]) => element('details', {},
        element('summary', {}, element('code', {}, status), ' ', ...words(resolve(response).description)), ...contentOf(response, '')))));
  });
  return fold;
}

/** The part of the API that an address belongs to. */
function groupOf(path) {
  const parts = path.split('/').filter((part) => part && !part.startsWith('{'));
  const [first, second, third] = parts[0] === 'api' ? parts.slice(2) : parts;
  return parts[0] === 'v1' ? 'segment' : first === 'sellers' && ['dashboards', 'funnels', 'cohorts'].includes(second) ? 'saved' : first === 'sellers' && !third && !second ? 'sellers' : first;
}

function show() {
  const wanted = search.value.trim().toLowerCase();
  const groups = new Map();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const text = `${method} ${path} ${operation.summary} ${operation.operationId}`.toLowerCase();
      if (text.includes(wanted)) {
        const group = groupOf(path);
        groups.set(group, [...(groups.get(group) ?? []), operationOf(method, path, operation)]);
      }
    }
  }

  main.replaceChildren(...[...groups].flatMap(([group, operations]) => [element('h2', {}, group), ...operations]));
  if (groups.size === 0) {
    main.replaceChildren(element('p', {}, `Nothing is named like “${search.value}”.`));
  }
}

document.getElementById('about').append(...words(`${spec.info.summary} ${spec.info.description}`));
document.getElementById('settings').addEventListener('submit', (event) => event.preventDefault());
search.addEventListener('input', show);
show();
const linked = location.hash ? document.getElementById(location.hash.slice(1)) : null;
if (linked) {
  linked.open = true;
  linked.scrollIntoView();
}
