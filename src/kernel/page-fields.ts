import { applyDecorators } from '@nestjs/common';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Describe } from './schema.js';

/** How many items of a list a caller wants, from 1 to the maximum of one answer. */
export const PageLimit = (max: number, description = 'The maximum number of results.') =>
  // IsInt comes after Min and Max, each of which calls it a number.
  applyDecorators(Max(max), Min(1), IsInt(), IsOptional(), Describe(description));

/** The `next_cursor` of the previous page. */
export const PageCursor = (maxLength: number) =>
  applyDecorators(Describe('The next_cursor of the previous page.'), IsOptional(), IsString(), MaxLength(maxLength));
