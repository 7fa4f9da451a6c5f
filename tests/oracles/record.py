#!/usr/bin/env python3
"""Asks parse5 and Chromium what is right and writes their answers beside the cases; oracle_test.cpp holds the engine against them.

    record.py html        html_expected.txt from html_cases.txt: parse5's trees (npm; the package goes to a folder of the build)
    record.py cascade     cascade_expected.txt from cascade_cases.py: Chromium's getComputedStyle (needs `chromium`)
"""

import html
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from cascade_cases import CASES

HERE = pathlib.Path(__file__).resolve().parent
NPM_FOLDER = pathlib.Path(os.environ.get('GALLEY_NPM_FOLDER') or HERE.parents[1] / 'build' / 'npm-oracles')

TREES = '''
import { parse } from 'parse5';
import { readFileSync } from 'fs';
const quoted = (text) => '"' + text.replace(/["\\\\]/g, '\\\\$&').replace(/\\n/g, '\\\\n') + '"';
const name = (node) => (node.namespaceURI === 'http://www.w3.org/1999/xhtml' ? '' : 'svg:') + node.tagName;
function lines(node, depth, out) {
  const pad = '  '.repeat(depth);
  if (node.nodeName === '#documentType') out.push(pad + '<!DOCTYPE ' + node.name + '>');
  else if (node.nodeName === '#text') out.push(pad + quoted(node.value));
  else if (node.nodeName === '#comment') out.push(pad + '<!--' + node.data + '-->');
  else if (node.tagName) {
    const attributes = node.attrs.map((a) => [a.prefix ? a.prefix + ':' + a.name : a.name, a.value]).sort((a, b) => (a[0] < b[0] ? -1 : 1));
    out.push(pad + '<' + name(node) + attributes.map(([n, v]) => ' ' + n + '=' + quoted(v)).join('') + '>');
  } else out.push('#document');
  const inner = node.content ? node.content.childNodes : node.childNodes;
  for (const child of inner || []) lines(child, depth + 1, out);
  return out;
}
const cases = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(cases.map((text) => lines(parse(text, { scriptingEnabled: false }), 0, []).join('\\n'))));
'''


def html_cases():
    text = (HERE / 'html_cases.txt').read_text(encoding='utf-8')
    parts = re.split(r'^#### (.*)\n', text, flags=re.M)[1:]
    return [(parts[i], parts[i + 1].removesuffix('\n')) for i in range(0, len(parts), 2)]


def record_html():
    NPM_FOLDER.mkdir(parents=True, exist_ok=True)
    (NPM_FOLDER / 'package.json').write_text('{"type": "module", "dependencies": {"parse5": "7.2.1"}}')
    subprocess.run(['npm', 'install', '--no-audit', '--no-fund', '--silent'], cwd=NPM_FOLDER, check=True)
    (NPM_FOLDER / 'trees.mjs').write_text(TREES)
    cases = html_cases()
    done = subprocess.run(['node', 'trees.mjs'], cwd=NPM_FOLDER, input=json.dumps([text for _, text in cases]), capture_output=True, text=True, check=True)
    trees = json.loads(done.stdout)
    write('html_expected.txt', [(name, tree) for (name, _), tree in zip(cases, trees)])


PAGE = '''<!DOCTYPE html><meta charset=utf-8><body><script>
const cases = %s;
const out = [];
async function ask([name, css, body, ids, properties]) {
  const frame = document.createElement('iframe');
  frame.width = 800;
  frame.srcdoc = '<!DOCTYPE html><style>' + css + '</style>' + body;
  const loaded = new Promise((done) => (frame.onload = done));
  document.body.append(frame);
  await loaded;
  const lines = [];
  for (const id of ids.split(' ')) {
    const style = frame.contentWindow.getComputedStyle(frame.contentDocument.getElementById(id));
    for (const property of properties.split(' ')) lines.push(id + ' ' + property + ': ' + style.getPropertyValue(property));
  }
  frame.remove();
  out.push([name, lines.join('\\n')]);
}
(async () => {
  for (const one of cases) await ask(one);
  document.body.textContent = '';
  const answer = document.createElement('pre');
  answer.id = 'answer';
  answer.textContent = JSON.stringify(out);
  document.body.append(answer);
})();
</script>'''


def record_cascade():
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / 'page.html'
        page.write_text(PAGE % json.dumps(CASES).replace('</', '<\\/'), encoding='utf-8')
        done = subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=20000', f'--user-data-dir={folder}/profile', '--dump-dom',
                               page.as_uri()], capture_output=True, text=True, check=True)
    answer = re.search(r'<pre id="answer">(.*?)</pre>', done.stdout, re.S)
    write('cascade_expected.txt', json.loads(html.unescape(answer[1])))
    documents = [(name, f'<!DOCTYPE html><style>{css}</style>{body}') for name, css, body, _, _ in CASES]
    write('cascade_cases.txt', documents)


def write(name, parts):
    (HERE / name).write_text(''.join(f'#### {title}\n{text}\n' for title, text in parts), encoding='utf-8')


if __name__ == '__main__':
    {'html': record_html, 'cascade': record_cascade}[sys.argv[1]]()
