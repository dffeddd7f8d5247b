import { Global, Module } from '@nestjs/common';
import { BotsModule } from '../bots/bots.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { NextSteps } from '../channels/next-steps.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { RuntimeModule } from '../runtime/runtime.module.js';
import { AnnouncedTurns } from './announced-turns.service.js';
import { ChannelResource } from './channel.resource.js';
import { GamePrompts } from './game-prompts.js';
import { GamesOver } from './games-over.service.js';
import { GuidedSteps } from './guided-steps.js';
import { GUIDES, PresetReadme } from './guides.js';
import { PagesController } from './pages.controller.js';
import { SearchController } from './search.controller.js';
import { SearchIndex } from './search-index.service.js';
import { Situations } from './situation.service.js';
import { StartHereController } from './start-here.controller.js';
import { ToolsGuide } from './tools-guide.js';
import { VerifyPageController } from './verify-page.controller.js';

/** Global, because earlier modules inject `NextSteps`. */
@Global()
@Module({
  imports: [ChannelsModule, MessagingModule, RuntimeModule, BotsModule],
  controllers: [PagesController, SearchController, StartHereController, VerifyPageController],
  providers: [
    ChannelResource,
    GamePrompts,
    GamesOver,
    ...GUIDES,
    SearchIndex,
    PresetReadme,
    Situations,
    ToolsGuide,
    AnnouncedTurns,
    { provide: NextSteps, useClass: GuidedSteps },
  ],
  exports: [NextSteps],
})
export class GuideModule {}
