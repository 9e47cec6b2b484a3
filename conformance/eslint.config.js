// The JavaScript of bundles and tests, under ESLint's recommended rules.
'use strict'

const js = require('@eslint/js')

const node = ['require', 'module', 'exports', 'process', 'Buffer', 'console', '__dirname', '__filename', 'setTimeout',
  'clearTimeout', 'setImmediate', 'fetch', 'AbortController', 'TextEncoder', 'TextDecoder', 'URL', 'WebAssembly']

module.exports = [
  js.configs.recommended,
  {
    files: ['**/*.js'],
    languageOptions: {
      ecmaVersion: 2022,
      sourceType: 'commonjs',
      globals: Object.fromEntries(node.map((name) => [name, 'readonly'])),
    },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  { files: ['templates/bundle/*.js'], languageOptions: { sourceType: 'script' } }, // parts of one file
]
