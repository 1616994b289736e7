// The types as a test in TypeScript with require sees them.
import mockauth0 = require('mockauth0');
import playwright = require('mockauth0/playwright');

mockauth0.start().then((auth: mockauth0.Auth0Mock) => auth.stop());
playwright.test('types', async ({ auth }) => playwright.expect(auth.clientId).toBe('acme-web'));
