import { IsArray, IsObject, IsString } from 'class-validator';
import { Describe } from '../../kernel/schema.js';

/** What to do next, ready to be called. Only ids and our own words are in it. */
export class Step {
  @Describe('The operation to call.') @IsString() tool!: string;
  @Describe('What to give it.') @IsObject() arguments!: object;
  @Describe('Fields that only you can fill in, such as body.') @IsArray() @IsString({ each: true }) needs!: string[];
  @Describe('Why this is next.') @IsString() why!: string;
}

export const step = (tool: string, args: object, why: string, needs: string[] = []): Step => ({
  tool,
  arguments: args,
  needs,
  why,
});
