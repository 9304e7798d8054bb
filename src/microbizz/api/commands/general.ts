import { command } from './define-command.ts';
import { collection } from './types/sets.ts';
import { binary, boolean, number, sessiontoken, string, unstated } from './types/basic.ts';

export const generalCommands = {
  Echo: command({
    description: 'Test command: returns the text.',
    source: 'wiki 20250891 Getting started',
    reads: true,
    input: {
      text: string.optional().describe('Any text'),
    },
    output: {
      answer: string.optional().describe('The text back'),
    },
  }),
  ValidateSessionToken: command({
    description: 'Checks that a sessiontoken handed to an interface endpoint is a live Microbizz session.',
    source: 'docs/protocol.md §2.2',
    note: 'command’s own doc row is in no readable page; output other than status and userid unknown; one public app tried an extra input is_xnet=true for the extranet and took it out again',
    reads: true,
    input: {
      sessiontoken: sessiontoken.describe('The GET variable sessiontoken'),
    },
    output: {
      userid: number.optional().describe('ID of the Microbizz user of the session (seen in platform4php only)'),
    },
  }),
  AddFileToTool: command({
    description: 'Adds a file to a tool.',
    source: 'wiki diff 20252524->20251468',
    input: {
      toolid: number.describe('Tool'),
      filename: string.describe('File name'),
      filedata: binary.describe('Base64'),
      title: string.optional().describe('Title'),
      folder: string.optional().describe('Folder path'),
    },
    output: {},
  }),
  GetPersonByEmail: command({
    description: 'Person by e-mail.',
    source: 'seen in the code of a third party only',
    reads: true,
    input: {
      email: string.describe('E-mail'),
    },
    output: {
      persons: collection(unstated).describe('Peer reads persons[0].values.personid'),
    },
  }),
  SendMessage: command({
    description: 'Sends an instant message.',
    source: 'microbizz.com/en/micropedia/microbizz-api-instant-messages-commands',
    input: {
      message: string.describe('Text'),
      remoteid: number.optional().describe('Receiving user ID'),
      confirmation: boolean.optional().describe('Needs confirmation'),
      replytoid: number.optional().describe('Message replied to; then remoteid is ignored'),
    },
    output: {
      id: number.optional().describe('New message ID'),
    },
  }),
};
