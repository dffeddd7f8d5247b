import { IsArray, IsObject, IsString } from 'class-validator';
import { Describe } from '../kernel/schema.js';

/** A suggested next call. It contains only ids and our own text. */
export class NextStep {
  @Describe('The operation to call.') @IsString() tool!: string;
  @Describe('The arguments for it.') @IsObject() arguments!: object;
  @Describe('Fields that only you can fill in, such as body.') @IsArray() @IsString({ each: true }) needs!: string[];
  @Describe('The reason.') @IsString() why!: string;
}

export const nextStepTo = (tool: string, args: object, why: string, needs: string[] = []): NextStep => ({
  tool,
  arguments: args,
  needs,
  why,
});
