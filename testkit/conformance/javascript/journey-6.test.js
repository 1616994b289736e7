import { ManagementClient } from 'auth0';
import { journey } from './journey.js';

journey('node-auth0-6', ManagementClient);
