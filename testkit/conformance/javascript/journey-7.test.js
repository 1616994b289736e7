import { ManagementClient } from 'auth0-7';
import { journey } from './journey.js';

journey('node-auth0-7', ManagementClient);
