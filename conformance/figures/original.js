'use strict'

// The connector of main.go on the original SDK. It sends accounts in pages, as if a source were
// asked for each.

const sdk = require('@sailpoint/connector-sdk')

const name = 'x'.repeat(80)

exports.connector = sdk
  .createConnector()
  .stdTestConnection(async (context, input, res) => res.send({}))
  .stdAccountList(async (context, input, res) => {
    const { token } = await sdk.readConfig()
    for (let i = 0; i < Number(token); i++) {
      res.send({
        key: sdk.SimpleKey(String(i)),
        disabled: false,
        attributes: { id: String(i), login: name, mail: 'someone@library.example', loans: 3, groups: ['readers', 'writers'] },
      })
      if (i % 1000 === 999) {
        await new Promise(setImmediate)
      }
    }
  })
