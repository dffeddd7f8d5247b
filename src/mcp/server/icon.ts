/** The server's icon, two speech bubbles, as a small data URI. */
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1d4e5f"/>' +
  '<path d="M5 8h13v9H11l-4 4v-4H5z" fill="#f4efe6"/><path d="M27 14v9h-2v4l-4-4h-7v-3h6v-6z" fill="#e0a458"/></svg>';

export const ICONS = [
  {
    src: `data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')}`,
    mimeType: 'image/svg+xml',
    sizes: ['any'],
  },
];
