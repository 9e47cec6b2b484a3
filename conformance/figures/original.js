'use strict'

// The connector of main.go on the original SDK. It sends accounts in pages, as if it requested each
// from a source.

const sdk = require('@sailpoint/connector-sdk')

exports.connector = sdk
  .createConnector()
  .stdTestConnection(async (context, input, res) => res.send({}))
  .stdAccountList(async (context, input, res) => {
    const { token } = await sdk.readConfig()
    for (let i = 0; i < Number(token); i++) {
      res.send({
        key: sdk.SimpleKey(String(i)),
        disabled: false,
        attributes: {
          id: String(i),
          login: 'ada.lovelace',
          'name.given': 'Ada',
          mail: 'ada.lovelace@library.example',
          resident: true,
          loans: 3,
          joined: 1_700_000_000_000,
          phones: ['+44 20 7946 0958'],
          answers: [true, false],
          fines: [250],
          visits: [1_710_000_000_000, 1_720_000_000_000],
          groups: ['readers', 'writers'],
          card: 'gold',
        },
      })
      if (i % 1000 === 999) {
        await new Promise(setImmediate)
      }
    }
  })
